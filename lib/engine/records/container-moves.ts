import { decodePath, encodeKey, encodePath, type StableKey } from "../../state/stable-key.ts";
import type { StateChange } from "../../state/store.ts";
import type { AppRows } from "./app-rows.ts";
import { containerToken } from "./container-token.ts";
import type { ChildRow } from "./row.ts";
import { isLongPath } from "./row-keys.ts";
import { StateMoves } from "./state-moves.ts";

/** Changes of the paths of containers in the rows of one app, gathered until they are written in one transaction. */
export class ContainerMoves {
  readonly #rows: AppRows;
  readonly #states: StateMoves;
  readonly #changes: StateChange[] = [];
  /** The ids of the containers by their path, as they are after the moves so far. */
  readonly #ids = new Map<string, number | undefined>();
  readonly #tokens = new Map<number, readonly string[]>();
  /** The ids of the components that were moved, by their parent and their path below it. */
  readonly #moved = new Map<string, number>();

  constructor(rows: AppRows) {
    this.#rows = rows;
    this.#states = new StateMoves(rows);
  }

  /** The changes of all moves. */
  changes(): StateChange[] {
    return [...this.#changes, ...this.#states.changes()];
  }

  /**
   * Gives the container `id` another path: it keeps its id, generation and owner, and the component that mounts it moves with it. Where
   * that path has a container already, the two are merged.
   */
  move(id: number, path: readonly StableKey[], newPath: readonly StableKey[]): void {
    const [encoded, newEncoded] = [encodePath(path), encodePath(newPath)];
    if (Buffer.compare(encoded, newEncoded) === 0) return;
    const outerId = this.#rows.providerId(encodePath(path.slice(0, -1)));
    const mergedInto = this.#idAt(newEncoded);
    if (mergedInto === undefined) this.#rename(id, encoded, newEncoded);
    else this.#merge(id, encoded, mergedInto, newEncoded);
    if (outerId === undefined) return;
    const [key, newKey] = [encodeKey(path.at(-1)!), encodeKey(newPath.at(-1)!)];
    if (mergedInto !== undefined) this.#states.mergeContents({ outerId, id, key, into: mergedInto, intoKey: newKey });
    const owner = this.#states.owner(outerId, key);
    this.#states.move({ providerId: outerId, key }, { providerId: outerId, key: newKey });
    if (owner !== undefined) this.#moveComponent(owner, path, newPath);
  }

  #rename(id: number, path: Uint8Array, newPath: Uint8Array): void {
    this.#ids.set(textOf(path), undefined);
    this.#ids.set(textOf(newPath), id);
    this.#changes.push(this.#rows.removeProviderPath(path), ...this.#putProvider(id, newPath, [containerToken(path)]));
  }

  #merge(id: number, path: Uint8Array, into: number, intoPath: Uint8Array): void {
    this.#ids.set(textOf(path), undefined);
    const tokens = [containerToken(path), ...this.#rows.formerTokens(id)];
    this.#changes.push(...this.#rows.removeProvider(id, path), ...this.#putProvider(into, intoPath, tokens));
  }

  #putProvider(id: number, path: Uint8Array, moreTokens: readonly string[]): StateChange[] {
    const tokens = new Set([...(this.#tokens.get(id) ?? this.#rows.formerTokens(id)), ...moreTokens]);
    tokens.delete(containerToken(path));
    this.#tokens.set(id, [...tokens]);
    return this.#rows.putProvider(id, path, [...tokens]);
  }

  #idAt(path: Uint8Array): number | undefined {
    const text = textOf(path);
    return this.#ids.has(text) ? this.#ids.get(text) : this.#rows.providerId(path);
  }

  /** Moves the component that mounts a container. A component that stands at the new path already replaces it. */
  #moveComponent(id: number, path: readonly StableKey[], newPath: readonly StableKey[]): void {
    const tracking = this.#states.tracking(id);
    const parentId = tracking?.ancestors.at(-1);
    if (tracking === undefined || parentId === undefined) return;
    const keys = decodePath(tracking.path);
    if (Buffer.compare(encodeKey(keys.at(-1) ?? null), encodeKey(path)) !== 0) return;
    const below = this.#pathBelow(parentId, id, keys);
    if (below === undefined) return;
    const [relative, newRelative] = [encodePath(below), encodePath([...below.slice(0, -1), newPath])];
    const wholePath = encodePath([...keys.slice(0, -1), newPath]);
    const standing = this.#childAt(parentId, newRelative);
    if (standing === undefined) {
      this.#putChild(parentId, this.#rows.child(parentId, relative)!, newRelative);
      this.#states.putPath(id, wholePath);
    } else {
      this.#changes.push(this.#rows.removePendingDeletion(id));
      this.#states.removeComponent(id, standing, wholePath);
    }
    this.#changes.push(this.#rows.removeChild(parentId, relative));
  }

  #childAt(parentId: number, path: Uint8Array): number | undefined {
    return this.#moved.get(`${parentId}:${textOf(path)}`) ?? this.#rows.child(parentId, path)?.id;
  }

  #putChild(parentId: number, { hasCalls, hasChildren, id, memo, name }: ChildRow, path: Uint8Array): void {
    this.#moved.set(`${parentId}:${textOf(path)}`, id);
    const longPath = isLongPath(path) ? path : null;
    const row = { id, name, hasChildren, hasCalls, longPath, memo };
    this.#changes.push(this.#rows.putChild(parentId, path, row), ...this.#movePending(id, path));
  }

  /** The end of a component's path that is its path below its parent. */
  #pathBelow(parentId: number, id: number, keys: readonly StableKey[]): readonly StableKey[] | undefined {
    for (let length = 1; length <= keys.length; length++) {
      const below = keys.slice(-length);
      if (this.#rows.child(parentId, encodePath(below))?.id === id) return below;
    }
    return undefined;
  }

  #movePending(id: number, path: Uint8Array): StateChange[] {
    for (const pending of this.#rows.pendingDeletions()) {
      if (pending.id === id) return [this.#rows.putPendingDeletion(id, { ...pending.row, path })];
    }
    return [];
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}
