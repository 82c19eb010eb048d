import { ROOT_ID, type ChildRow } from "../engine/records/row.ts";
import type { AppRows } from "../engine/records/app-rows.ts";
import { decodePath, formatPath } from "../state/stable-key.ts";
import type { StableKey } from "../state/stable-key.ts";
import type { EnvironmentState } from "./environment-state.ts";

/** What the store has on record of one component. */
export interface ComponentRecord {
  /** The path, as text. */
  readonly path: string;
  /** The keys of the path, from the root. */
  readonly keys: readonly StableKey[];
  /** The name of its function. */
  readonly name: string;
  /** The number of components above it. */
  readonly depth: number;
  /** Whether it is skipped while nothing changes. */
  readonly isMemoized: boolean;
  /** The number of target states it has outside. */
  readonly targetCount: number;
}

/** Lists what is on record of an app, in the order of the tree. */
export async function* inspectComponents(state: EnvironmentState, app: string): AsyncGenerator<ComponentRecord, void> {
  const rows = await state.findRows(app);
  const root = rows?.child(ROOT_ID, new Uint8Array());
  if (rows === undefined || root === undefined) return;
  yield describe(rows, root, [], 0);
  yield* inspectBelow(rows, root, [], 1);
}

function* inspectBelow(
  rows: AppRows,
  parent: ChildRow,
  keys: readonly StableKey[],
  depth: number,
): Generator<ComponentRecord> {
  if (!parent.hasChildren) return;
  for (const { path, row } of rows.children(parent.id)) {
    const own = [...keys, ...decodePath(path)];
    yield describe(rows, row, own, depth);
    yield* inspectBelow(rows, row, own, depth + 1);
  }
}

function describe(rows: AppRows, row: ChildRow, keys: readonly StableKey[], depth: number): ComponentRecord {
  const tracking = rows.tracking(row.id);
  return Object.freeze({
    path: formatPath(keys),
    keys,
    name: tracking?.name ?? row.name,
    depth,
    isMemoized: row.memo !== null,
    targetCount: tracking?.items.length ?? 0,
  });
}
