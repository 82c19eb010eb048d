import { decodePath, encodePath } from "../../state/stable-key.ts";
import { createRowKey, FAMILY, isLongPath } from "../records/row-keys.ts";
import { ROOT_ID, type ChildRow } from "../records/row.ts";
import type { ComponentRow } from "./component-row.ts";
import { scanFamily, type AppScope } from "./scan-rows.ts";
import { readTrackingRow, type TrackedComponent } from "./tracked-component.ts";

/** A row of a component that cannot be read, with the row that can stand for it, if there is one. */
export interface RebuiltComponent {
  readonly key: Uint8Array;
  readonly component: ComponentRow | undefined;
}

/**
 * Rebuilds rows of components, without their memos: the row of the root, and rows of components whose tracking rows name their places.
 * The next update runs these components again, or deletes them, as if nothing had happened.
 */
export async function rebuildComponents(
  scope: AppScope,
  keys: readonly Uint8Array[],
): Promise<readonly RebuiltComponent[]> {
  if (keys.length === 0) return [];
  const wanted = new Set(keys.map(textOf));
  const found = new Map<string, ComponentRow>();
  const { appId } = scope.rows;
  found.set(textOf(createRowKey(appId, FAMILY.child, ROOT_ID)), {
    parentId: ROOT_ID,
    path: new Uint8Array(),
    row: rowOf(ROOT_ID, scope.app, new Uint8Array()),
  });
  await scanFamily({ ...scope, findings: scope.findings.aside() }, FAMILY.tracking, {
    decode: readTrackingRow,
    visit: (tracked) => {
      for (const component of placesOf(tracked)) {
        const key = textOf(createRowKey(appId, FAMILY.child, component.parentId, component.path));
        if (wanted.has(key)) found.set(key, component);
      }
    },
  });
  return keys.map((key) => ({ key, component: found.get(textOf(key)) }));
}

/** The places below its parent at which a component can stand: its path says the whole way from the root. */
function placesOf({ id, row: { ancestors, name, path } }: TrackedComponent): readonly ComponentRow[] {
  const parentId = ancestors.at(-1) ?? ROOT_ID;
  const keys = decodePath(path);
  return keys.map((_, at) => {
    const below = encodePath(keys.slice(at));
    return { parentId, path: below, row: rowOf(id, name, below) };
  });
}

function rowOf(id: number, name: string, path: Uint8Array): ChildRow {
  return { id, name, hasChildren: true, hasCalls: true, longPath: isLongPath(path) ? path : null, memo: null };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}
