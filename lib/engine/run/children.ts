import { TidemarkError } from "../../errors.ts";
import { byteString } from "../../state/byte-string.ts";
import { decodePath, formatPath, isSymbolKey, joinPaths, type StableKey } from "../../state/stable-key.ts";
import type { ChildRow } from "../records/row.ts";
import type { Run } from "./run.ts";

/** The component that children stand below. */
export interface ParentComponent {
  readonly run: Run;
  readonly id: number;
  /** Its row as it is stored, or is being stored. */
  readonly row: ChildRow | undefined;
  readonly encodedPath: Uint8Array;
}

/** The children that a component has mounted in one run, beside those that it has on record. */
export class Children {
  readonly #parent: ParentComponent;
  /** The paths of those that have no row yet. */
  #unwritten: Set<string> | undefined;
  /** The logic of the functions that were mounted under their names, and the names that several of them have. */
  #logicByName: Map<string, string> | undefined;
  #sharedNames: Set<string> | undefined;
  #hasAdopted = false;
  #hasLost = false;
  /** Those on record when the first one was mounted, and those of them that have been mounted since. */
  #numRecorded = 0;
  #numFound = 0;

  constructor(parent: ParentComponent) {
    this.#parent = parent;
  }

  /** Notes that a function is mounted under its name, for the error where its place is taken. */
  noteNamed(name: string, logicId: string): void {
    this.#logicByName ??= new Map();
    const known = this.#logicByName.get(name);
    if (known === undefined) this.#logicByName.set(name, logicId);
    else if (known !== logicId) (this.#sharedNames ??= new Set()).add(name);
  }

  /**
   * Takes a place below the component for a child in this run.
   *
   * @throws TidemarkError `COMPONENT_PATH_TAKEN` when it was taken before
   */
  adopt(path: Uint8Array): { readonly id: number; readonly row: ChildRow | undefined } {
    const { id: parentId, row: parentRow, run } = this.#parent;
    if (!this.#hasAdopted) {
      this.#hasAdopted = true;
      this.#numRecorded = parentRow?.hasChildren === true ? run.rows.numChildren(parentId) : 0;
    }
    const row = parentRow === undefined ? undefined : run.rows.child(parentId, path);
    const isTaken = row === undefined ? this.#unwritten?.has(byteString(path)) === true : run.mounted.has(row.id);
    if (isTaken) throw this.#takenError(path);
    const id = row?.id ?? run.ids.next();
    run.mounted.mount(id, row);
    if (row === undefined) {
      this.#unwritten ??= new Set();
      this.#unwritten.add(byteString(path));
    } else {
      this.#numFound++;
    }
    return { id, row };
  }

  /** Forgets the place of a child that has its row by now, or never got one. */
  release(path: Uint8Array): void {
    this.#unwritten?.delete(byteString(path));
  }

  /** Forgets the place of a child that has lost its own file: it counts as vanished from then on. */
  lose(path: Uint8Array): void {
    this.release(path);
    this.#hasLost = true;
  }

  /** Whether a child has lost its own file in this run. */
  get hasLost(): boolean {
    return this.#hasLost;
  }

  /** Whether it is sure that none of those on record has vanished, without looking at each of them. */
  get haveAllBeenFound(): boolean {
    // Where one may come and go, it would be found twice.
    return (
      this.#hasAdopted &&
      !this.#hasLost &&
      this.#numFound === this.#numRecorded &&
      !this.#parent.run.mounted.expectsRemounts
    );
  }

  #takenError(relativePath: Uint8Array): TidemarkError {
    const keys = decodePath(joinPaths(this.#parent.encodedPath, relativePath));
    const path = formatPath(keys);
    const name = keys.map(nameIn).findLast((each) => each !== undefined && this.#sharedNames?.has(each));
    const hint =
      name === undefined
        ? ""
        : `. Several functions here are called \`${name}\`, as after a minifier: give each a \`name\` in the options of \`fn\``;
    return new TidemarkError(
      "COMPONENT_PATH_TAKEN",
      `Cannot mount a component at ${path}: one is mounted there already; give each its own key or subpath${hint}`,
      { facts: { path } },
    );
  }
}

/** The name of the function that a key of a path stands for, if it does. */
function nameIn(key: StableKey): string | undefined {
  return typeof key === "object" && key !== null && isSymbolKey(key) ? key.symbolKey : undefined;
}
