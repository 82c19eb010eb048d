import type { ProblemKind } from "../../../lib/engine/check/finding.ts";
import { readComponentRow, type ComponentRow } from "../../../lib/engine/check/component-row.ts";
import { AppRows } from "../../../lib/engine/records/app-rows.ts";
import { decodeCallRow } from "../../../lib/engine/records/call-row.ts";
import { decodeRow } from "../../../lib/engine/records/row-envelope.ts";
import { putValue } from "../../../lib/engine/records/row-change.ts";
import { createAppKey, createRowKey, FAMILY, type Family } from "../../../lib/engine/records/row-keys.ts";
import type { TrackedItem, TrackingRow } from "../../../lib/engine/records/row.ts";
import { encodeKey, encodePath, prefixEnd } from "../../../lib/state/stable-key.ts";
import type { StateChange, StateEntry, StateStore } from "../../../lib/state/store.ts";

/** A way to break an invariant of the rows of a site; see `createSite`. */
export interface Breakage {
  readonly title: string;
  readonly kind: ProblemKind;
  /** Returns the changes that break it. */
  readonly changes: (rows: AppRows, store: StateStore) => readonly StateChange[];
  /** Whether a repair has to leave it as it is. @default false */
  readonly isLost?: boolean;
  /** Whether files of the page `b` stay when it vanishes, because no record tells that they are there. @default false */
  readonly leavesFiles?: boolean;
}

/** Lists the rows of one family. */
export function entriesOf(store: StateStore, appId: number, family: Family): readonly StateEntry[] {
  const prefix = createRowKey(appId, family);
  return [...store.range(prefix, prefixEnd(prefix))];
}

/** Finds the component with a name whose path contains a key. */
export function componentOf(rows: AppRows, name: string, key: string): ComponentRow {
  const all = entriesOf(rows.store, rows.appId, FAMILY.child).map(({ key: at, value }) => readComponentRow(at, value));
  const encoded = Buffer.from(encodeKey(key));
  return all.find((each) => {
    const path = rows.tracking(each.row.id)?.path ?? each.path;
    return each.row.name === name && Buffer.from(path).includes(encoded);
  })!;
}

const page = (rows: AppRows): ComponentRow => componentOf(rows, "publish", "b");
const inner = (rows: AppRows): ComponentRow => componentOf(rows, "inner", "b");
const trackingOf = (rows: AppRows, { row }: ComponentRow): TrackingRow => rows.tracking(row.id)!;
const firstItem = (rows: AppRows, component: ComponentRow): TrackedItem => trackingOf(rows, component).items[0]!;
const folderId = (rows: AppRows): number => firstItem(rows, page(rows)).providerId;

function flip({ key, value }: StateEntry): StateChange {
  const altered = Uint8Array.from(value);
  altered[altered.length - 1]! ^= 1;
  return { key, value: altered };
}

const damage =
  (family: Family, at = 0) =>
  (rows: AppRows, store: StateStore): StateChange[] => [flip(entriesOf(store, rows.appId, family).at(at)!)];

/** Every way. */
export const BREAKAGES: readonly Breakage[] = [
  { title: "a damaged component row", kind: "damaged-row", changes: damage(FAMILY.child, -1) },
  { title: "a damaged root row", kind: "damaged-row", changes: damage(FAMILY.child) },
  { title: "a damaged tracking row", kind: "damaged-row", changes: damage(FAMILY.tracking, -1) },
  { title: "a damaged owner row", kind: "damaged-row", changes: damage(FAMILY.owner, -1) },
  { title: "a damaged call", kind: "damaged-row", changes: damage(FAMILY.call) },
  { title: "a damaged next id", kind: "damaged-row", changes: damage(FAMILY.sequence) },
  { title: "a damaged target path", kind: "damaged-row", changes: damage(FAMILY.provider, -1) },
  { title: "a damaged target id", kind: "damaged-row", changes: damage(FAMILY.providerId, -1) },
  { title: "a damaged update record", kind: "damaged-row", changes: damage(FAMILY.update) },
  {
    title: "a damaged app row",
    kind: "damaged-row",
    isLost: true,
    changes: (_, store) => [flip([...store.range(Uint8Array.of(FAMILY.app), Uint8Array.of(FAMILY.app + 1))][0]!)],
  },
  {
    title: "a damaged row of the store",
    kind: "damaged-row",
    isLost: true,
    changes: (_, store) => [flip([...store.range(Uint8Array.of(FAMILY.store), Uint8Array.of(FAMILY.store + 1))][0]!)],
  },
  {
    title: "an update record that is not JSON",
    kind: "damaged-row",
    changes: (rows) => [rows.putUpdate(1, "x", "{")],
  },
  {
    title: "a component whose parent is gone",
    kind: "orphan-component",
    changes: (rows) => [rows.removeChild(page(rows).parentId, page(rows).path)],
  },
  {
    title: "components that are their own ancestors",
    kind: "orphan-component",
    changes: (rows) => {
      const { parentId, path, row } = page(rows);
      return [
        rows.removeChild(parentId, path),
        rows.putChild(inner(rows).row.id, path, {
          ...row,
          id: row.id,
          name: row.name,
          hasChildren: true,
          hasCalls: true,
          longPath: null,
          memo: null,
        }),
      ];
    },
  },
  {
    title: "a tree without a root",
    kind: "orphan-component",
    changes: (rows) => [rows.removeChild(0, new Uint8Array())],
  },
  {
    title: "two components with one id",
    kind: "duplicate-id",
    changes: (rows) => {
      const { parentId, row } = page(rows);
      const copy = { id: row.id, name: row.name, hasChildren: true, hasCalls: true, longPath: null, memo: null };
      return [rows.putChild(parentId, encodePath(["z"]), copy)];
    },
  },
  {
    title: "a parent that denies its children",
    kind: "hidden-children",
    changes: (rows) => {
      const { parentId, path, row } = page(rows);
      const { hasCalls, id, longPath, memo, name } = row;
      return [rows.putChild(parentId, path, { id, name, hasCalls, longPath, memo, hasChildren: false })];
    },
  },
  {
    title: "target states of a component that is gone",
    kind: "orphan-states",
    changes: (rows) => [rows.removeChild(inner(rows).parentId, inner(rows).path)],
  },
  {
    title: "target states that name another place",
    kind: "wrong-place",
    changes: (rows) => [
      rows.putTracking(inner(rows).row.id, { ...trackingOf(rows, inner(rows)), path: encodePath(["elsewhere"]) }),
    ],
  },
  {
    title: "target states that name another grandparent",
    kind: "wrong-place",
    changes: (rows) => {
      const { parentId, row } = inner(rows);
      return [rows.putTracking(row.id, { ...trackingOf(rows, inner(rows)), ancestors: [3, parentId] })];
    },
  },
  {
    title: "target states that name another parent",
    kind: "wrong-place",
    changes: (rows) => [
      rows.putTracking(inner(rows).row.id, { ...trackingOf(rows, inner(rows)), ancestors: [0, 777] }),
    ],
  },
  {
    title: "an owner without a record",
    leavesFiles: true,
    kind: "untracked-state",
    changes: (rows) => [rows.putTracking(inner(rows).row.id, { ...trackingOf(rows, inner(rows)), items: [] })],
  },
  {
    title: "an owner without a tracking row",
    leavesFiles: true,
    kind: "untracked-state",
    changes: (rows) => [rows.removeTracking(inner(rows).row.id)],
  },
  {
    title: "an owner that is gone",
    kind: "untracked-state",
    changes: (rows) => [rows.putOwner(folderId(rows), encodeKey("none.txt"), 999)],
  },
  {
    title: "a record without an owner",
    kind: "unowned-state",
    changes: (rows) => {
      const { key, providerId } = firstItem(rows, inner(rows));
      return [rows.removeOwner(providerId, key)];
    },
  },
  {
    title: "a state that is recorded twice",
    kind: "repeated-state",
    changes: (rows) => {
      const tracking = trackingOf(rows, inner(rows));
      return [rows.putTracking(inner(rows).row.id, { ...tracking, items: [...tracking.items, ...tracking.items] })];
    },
  },
  {
    title: "a state without a record of it",
    leavesFiles: true,
    kind: "repeated-state",
    changes: (rows) => {
      const tracking = trackingOf(rows, inner(rows));
      const items = tracking.items.map((item) => ({ ...item, states: [] }));
      return [rows.putTracking(inner(rows).row.id, { ...tracking, items })];
    },
  },
  {
    title: "states of a target without rows",
    leavesFiles: true,
    kind: "unknown-target",
    changes: (rows) => rows.removeProvider(folderId(rows), rows.providerPath(folderId(rows))!),
  },
  {
    title: "a target that is not found by its path",
    kind: "broken-target",
    changes: (rows) => [rows.removeProviderPath(rows.providerPath(folderId(rows))!)],
  },
  {
    title: "a target that is not found by its id",
    kind: "broken-target",
    changes: (rows) => rows.removeProvider(folderId(rows), rows.providerPath(folderId(rows))!).slice(1),
  },
  {
    title: "a target with two ids",
    kind: "broken-target",
    changes: (rows) => rows.putProvider(500, rows.providerPath(folderId(rows))!),
  },
  {
    title: "a container in a target without rows",
    kind: "broken-target",
    changes: (rows) => rows.putProvider(500, encodePath(["test/none", "x"])),
  },
  {
    title: "calls of a component that is gone",
    kind: "orphan-calls",
    changes: (rows, store) => {
      const [{ key, value }] = entriesOf(store, rows.appId, FAMILY.call) as [StateEntry];
      const call = decodeRow(key, value, decodeCallRow);
      return [rows.putCall(999, call)];
    },
  },
  {
    title: "a component that denies its calls",
    kind: "hidden-calls",
    changes: (rows) => {
      const { parentId, path, row } = page(rows);
      const { hasChildren, id, longPath, memo, name } = row;
      return [rows.putChild(parentId, path, { id, name, hasChildren, longPath, memo, hasCalls: false })];
    },
  },
  {
    title: "ids beyond the next one",
    kind: "low-sequence",
    changes: (rows) => [rows.putSequence(2)],
  },
  {
    title: "a pending deletion of a component that is gone",
    kind: "stale-deletion",
    changes: (rows) => [
      rows.putPendingDeletion(999, { path: encodePath(["x"]), ancestors: [0], parentPath: new Uint8Array() }),
    ],
  },
  {
    title: "a state that was given up and has an owner",
    kind: "owned-given-up",
    changes: (rows) => {
      const item = firstItem(rows, inner(rows));
      return [rows.states.putGivenUp({ item, name: "x", path: "/", reason: "moved", timeMs: 0 })];
    },
  },
  {
    title: "a state that was given up under the name of another one",
    kind: "wrong-key",
    changes: (rows) => {
      const item = { ...firstItem(rows, inner(rows)), key: encodeKey("none.txt") };
      const { key } = rows.states.putGivenUp({
        item: { ...item, key: encodeKey("other.txt") },
        name: "x",
        path: "/",
        reason: "moved",
        timeMs: 0,
      });
      return [putValue(key, [[item.providerId, item.key, 0, [["h"]], null], "moved", 0, "x", "/"])];
    },
  },
  {
    title: "rows of an app that is not listed",
    kind: "unlisted-app",
    changes: (_, store) => {
      const other = new AppRows(store, 77);
      return [
        ...other.putProvider(1, encodePath(["test/none"])),
        other.putOwner(1, encodeKey("x"), 3),
        other.putSequence(9),
      ];
    },
  },
  {
    title: "two apps with one id",
    kind: "shared-app-id",
    isLost: true,
    changes: (rows) => [putValue(createAppKey("twin"), rows.appId)],
  },
];
