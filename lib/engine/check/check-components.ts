import { decodePath, formatPath } from "../../state/stable-key.ts";
import type { StateChange } from "../../state/store.ts";
import { withoutMemo } from "../records/child-row.ts";
import { removeRow } from "../records/row-change.ts";
import { FAMILY } from "../records/row-keys.ts";
import { ROOT_ID, type PendingDeletionRow } from "../records/row.ts";
import { readComponentRow, type ComponentRow } from "./component-row.ts";
import { ComponentTable } from "./component-table.ts";
import { rebuildComponents } from "./rebuild-components.ts";
import { EMPTY_HASH, hashOn } from "./row-hash.ts";
import { addProblem, damagedRow, quietly, scanFamily, type AppScope } from "./scan-rows.ts";

/** The components whose deletion is pending, by id. */
export type PendingDeletions = ReadonlyMap<number, PendingDeletionRow>;

/**
 * Checks the tree of components: each id is there once, each way leads to the root, and each parent knows that it has children. A
 * component whose deletion is pending may have lost its parents: a container is deleted after everything in it.
 */
export async function checkComponents(
  scope: AppScope,
  pending: PendingDeletions,
): Promise<{ readonly table: ComponentTable; readonly maxId: number }> {
  const tree = new TreeCheck(scope, pending);
  await tree.read();
  tree.findOrphans();
  await tree.report();
  scope.findings.counts.components += tree.table.size;
  return tree;
}

class TreeCheck {
  readonly table = new ComponentTable();
  maxId = 0;
  readonly #scope: AppScope;
  readonly #pending: PendingDeletions;
  /** The components whose parents come later, or never. */
  readonly #unresolved: number[] = [];
  /** The parents that do not know of their children. */
  readonly #blind = new Set<number>();
  #numOrphans = 0;

  constructor(scope: AppScope, pending: PendingDeletions) {
    this.#scope = scope;
    this.#pending = pending;
  }

  /** Reads all rows; rows that cannot be read are rebuilt from other rows as far as possible. */
  async read(): Promise<void> {
    const damaged: Uint8Array[] = [];
    await scanFamily(this.#scope, FAMILY.child, {
      decode: readComponentRow,
      visit: (row, key) => this.#visit(row, key),
      onDamaged: (key) => void damaged.push(key),
    });
    for (const { component, key } of await rebuildComponents(this.#scope, damaged)) {
      const changes = component === undefined ? [removeRow(key)] : [this.#put(component)];
      addProblem(this.#scope, { ...damagedRow(key), repair: { changes } });
      if (component !== undefined) this.#visit(component, key);
    }
  }

  #put({ parentId, path, row }: ComponentRow): StateChange {
    return this.#scope.rows.putChild(parentId, path, row);
  }

  #visit(component: ComponentRow, key: Uint8Array): void {
    const { parentId, path, row } = component;
    const { hasCalls, hasChildren, id } = row;
    this.maxId = Math.max(this.maxId, id);
    const at = this.table.add({ id, parentId, hasCalls, hasChildren });
    if (at === -1) {
      addProblem(this.#scope, {
        kind: "duplicate-id",
        subject: `the component ${formatPath(decodePath(path))}`,
        message: `has the id ${id} of another component`,
        repair: { changes: [{ key, value: undefined }] },
      });
      return;
    }
    this.#connect(at, component);
  }

  #connect(at: number, { parentId, path, row }: ComponentRow): void {
    const { table } = this;
    const pending = this.#pending.get(row.id);
    if (row.id === ROOT_ID) return table.setReachable(at, EMPTY_HASH);
    const parentAt = table.find(parentId);
    if (parentAt !== -1 && !table.hasChildren(parentAt)) this.#blind.add(parentId);
    if (parentAt !== -1 && table.isReachable(parentAt)) {
      const hash = table.pathHashOf(parentAt);
      table.setReachable(at, hash === undefined ? undefined : hashOn(hash, path));
    } else if (pending !== undefined && isAt(pending, parentId, path)) {
      table.setReachable(at, hashOn(hashOn(EMPTY_HASH, pending.parentPath), path));
    } else this.#unresolved.push(row.id);
  }

  /** Follows the ways up from components that were found before their parents. */
  findOrphans(): void {
    const { table } = this;
    for (const id of this.#unresolved) {
      const way = new Set<number>();
      let at = table.find(id);
      while (at !== -1 && !table.isReachable(at) && !table.isOrphan(at) && !way.has(at)) {
        way.add(at);
        at = table.find(table.parentOf(at));
      }
      const isReachable = at !== -1 && table.isReachable(at);
      for (const each of way) {
        if (isReachable) table.setReachable(each);
        else table.setOrphan(each);
      }
      if (!isReachable) this.#numOrphans += way.size;
    }
  }

  /** Reads the rows of the components that have problems. */
  async report(): Promise<void> {
    if (this.#numOrphans === 0 && this.#blind.size === 0) return;
    const visit = (component: ComponentRow, key: Uint8Array): void => {
      const at = this.table.find(component.row.id);
      if (at === -1 || this.table.parentOf(at) !== component.parentId) return;
      if (this.table.isOrphan(at)) this.#addOrphan(component, key);
      if (this.#blind.has(component.row.id)) this.#addBlind(component);
    };
    const silent = { ...this.#scope, findings: this.#scope.findings.aside() };
    await scanFamily(silent, FAMILY.child, { decode: readComponentRow, visit });
  }

  #addOrphan({ parentId, path, row }: ComponentRow, key: Uint8Array): void {
    const tracking = this.#scope.findings.isFull ? undefined : trackedPath(this.#scope, row.id);
    addProblem(this.#scope, {
      kind: "orphan-component",
      subject: `the component ${tracking ?? `…${formatPath(decodePath(path))}`}`,
      message: `stands below a component (id ${parentId}) that is gone`,
      repair: { changes: [{ key, value: undefined }] },
    });
  }

  #addBlind({ parentId, path, row }: ComponentRow): void {
    addProblem(this.#scope, {
      kind: "hidden-children",
      subject: `the component ${trackedPath(this.#scope, row.id) ?? `…${formatPath(decodePath(path))}`}`,
      message: "has children, which its row denies",
      repair: { changes: [this.#scope.rows.putChild(parentId, path, { ...withoutMemo(row), hasChildren: true })] },
    });
  }
}

function isAt({ ancestors, path }: PendingDeletionRow, parentId: number, childPath: Uint8Array): boolean {
  return (ancestors.at(-1) ?? ROOT_ID) === parentId && Buffer.compare(path, childPath) === 0;
}

/** The whole path of a component as text; `undefined` without a readable tracking row. */
function trackedPath({ rows }: AppScope, id: number): string | undefined {
  const path = quietly(() => rows.tracking(id)?.path);
  return path === undefined ? undefined : quietly(() => formatPath(decodePath(path)));
}
