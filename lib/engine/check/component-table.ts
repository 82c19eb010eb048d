import { ROOT_ID } from "../records/row.ts";

const FLAG = { isReachable: 1, hasChildren: 2, hasCalls: 4, isPathKnown: 8, isOrphan: 16 };

/** A component as the check of a store knows it. */
export interface ComponentEntry {
  readonly id: number;
  readonly parentId: number;
  readonly hasChildren: boolean;
  readonly hasCalls: boolean;
}

/**
 * The components of one app by id: 33 bytes each, in a hash table of typed arrays, so that a check of a million components stays within
 * 100 MB. An entry is addressed by its place, which is valid until the next entry is added.
 */
export class ComponentTable {
  #ids = new Float64Array(1024).fill(-1);
  #parents = new Float64Array(1024);
  #hashes = new Int32Array(1024);
  #sums = new Int32Array(2048);
  #flags = new Uint8Array(1024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The place of a component; -1 where there is none. */
  find(id: number): number {
    const at = this.#slot(id);
    return this.#ids[at] === id ? at : -1;
  }

  /** Adds a component, and returns its place; -1 where its id is taken. */
  add({ hasCalls, hasChildren, id, parentId }: ComponentEntry): number {
    if (this.#size * 2 >= this.#ids.length) this.#grow();
    const at = this.#slot(id);
    if (this.#ids[at] === id) return -1;
    this.#ids[at] = id;
    this.#parents[at] = parentId;
    this.#flags[at] = (hasChildren ? FLAG.hasChildren : 0) | (hasCalls ? FLAG.hasCalls : 0);
    this.#size++;
    return at;
  }

  isRoot(at: number): boolean {
    return this.#ids[at] === ROOT_ID;
  }

  parentOf(at: number): number {
    return this.#parents[at]!;
  }

  hasChildren(at: number): boolean {
    return (this.#flags[at]! & FLAG.hasChildren) !== 0;
  }

  hasCalls(at: number): boolean {
    return (this.#flags[at]! & FLAG.hasCalls) !== 0;
  }

  /** Whether a way leads to the component from the root, or from a pending deletion. */
  isReachable(at: number): boolean {
    return (this.#flags[at]! & FLAG.isReachable) !== 0;
  }

  isOrphan(at: number): boolean {
    return (this.#flags[at]! & FLAG.isOrphan) !== 0;
  }

  /** The hash of the whole path; `undefined` where it is not known. */
  pathHashOf(at: number): number | undefined {
    return (this.#flags[at]! & FLAG.isPathKnown) === 0 ? undefined : this.#hashes[at]!;
  }

  setReachable(at: number, pathHash?: number): void {
    this.#flags[at]! |= FLAG.isReachable | (pathHash === undefined ? 0 : FLAG.isPathKnown);
    this.#hashes[at] = pathHash ?? 0;
  }

  setOrphan(at: number): void {
    this.#flags[at]! |= FLAG.isOrphan;
  }

  /** Adds to the two sums of a component. */
  addSums(at: number, one: number, other: number): void {
    this.#sums[2 * at]! += one;
    this.#sums[2 * at + 1]! += other;
  }

  /** Lists the components whose sums are not 0. */
  *withSums(): Iterable<{ readonly id: number; readonly at: number }> {
    for (const [at, id] of this.#ids.entries()) if (id !== -1 && this.hasSums(at)) yield { id, at };
  }

  hasSums(at: number): boolean {
    return this.#sums[2 * at] !== 0 || this.#sums[2 * at + 1] !== 0;
  }

  #slot(id: number): number {
    const mask = this.#ids.length - 1;
    // Ids have up to 48 bits.
    let at = (Math.imul(id % 4_294_967_291, 0x9e3779b1) >>> 7) & mask;
    while (this.#ids[at] !== -1 && this.#ids[at] !== id) at = (at + 1) & mask;
    return at;
  }

  #grow(): void {
    const [ids, parents, hashes, sums, flags] = [this.#ids, this.#parents, this.#hashes, this.#sums, this.#flags];
    const length = ids.length * 2;
    this.#ids = new Float64Array(length).fill(-1);
    this.#parents = new Float64Array(length);
    this.#hashes = new Int32Array(length);
    this.#sums = new Int32Array(length * 2);
    this.#flags = new Uint8Array(length);
    for (const [from, id] of ids.entries()) {
      if (id === -1) continue;
      const at = this.#slot(id);
      this.#ids[at] = id;
      this.#parents[at] = parents[from]!;
      this.#hashes[at] = hashes[from]!;
      this.#sums.set(sums.subarray(2 * from, 2 * from + 2), 2 * at);
      this.#flags[at] = flags[from]!;
    }
  }
}
