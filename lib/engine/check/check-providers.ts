import { decodeValue } from "../../state/codec.ts";
import { decodePath, encodePath, formatPath } from "../../state/stable-key.ts";
import { MAX_KEY_BYTES } from "../../state/store.ts";
import { readId } from "../records/child-row.ts";
import type { AppRows } from "../records/app-rows.ts";
import { decodeProviderRow } from "../records/provider-row.ts";
import { decodeRow } from "../records/row-envelope.ts";
import { FAMILY, ROW_ID_AT } from "../records/row-keys.ts";
import { addProblem, quietly, scanFamily, type AppScope } from "./scan-rows.ts";
import { isId } from "./tracked-component.ts";

/** The encoded paths of the targets and containers of an app, by their ids. */
export type ProviderPaths = Map<number, Uint8Array>;

/** Checks the rows of targets: each id has a path, each path leads back to its id, and the target around each container has a row. */
export async function checkProviders(scope: AppScope, maxId: number): Promise<ProviderPaths> {
  const paths: ProviderPaths = new Map();
  await scanFamily(scope, FAMILY.providerId, {
    decode: (key, value) => decodeRow(key, value, (body) => requirePath(decodeProviderRow(body).path)),
    visit: (path, key) => void paths.set(readId(key, ROW_ID_AT), path),
  });
  const byPath = new Map<string, number>();
  for (const [id, path] of paths) byPath.set(textOf(path), id);
  await checkWaysToIds(scope, paths);
  const ids = [maxId, ...paths.keys(), quietly(() => scope.rows.sequence() - 1) ?? 0];
  const known: KnownProviders = { byPath, nextId: ids.reduce((most, id) => Math.max(most, id)) + 1 };
  for (const [id, path] of paths) checkProvider(scope, id, path, known);
  scope.findings.counts.targets += paths.size;
  return paths;
}

/** Checks the rows that lead from paths to ids. */
async function checkWaysToIds(scope: AppScope, paths: ProviderPaths): Promise<void> {
  const { rows } = scope;
  await scanFamily(scope, FAMILY.provider, {
    decode: (key, value) => decodeRow(key, value, (body) => requireId(decodeValue(body))),
    visit: (id, key) => {
      if (paths.has(id)) return;
      const path = key.length === MAX_KEY_BYTES ? undefined : key.subarray(ROW_ID_AT);
      const [, putId] = path === undefined ? [] : rows.putProvider(id, path);
      addProblem(scope, {
        kind: "broken-target",
        subject: `the target ${path === undefined ? `with the id ${id}` : nameOf(path)}`,
        message: `has no row under its id ${id}`,
        repair: { changes: [putId ?? { key, value: undefined }] },
      });
      if (path !== undefined) paths.set(id, path);
    },
  });
}

/** The targets by path, and an id that is free for one more. */
interface KnownProviders {
  readonly byPath: Map<string, number>;
  nextId: number;
}

function checkProvider(scope: AppScope, id: number, path: Uint8Array, known: KnownProviders): void {
  const { rows } = scope;
  const { byPath } = known;
  const subject = `the target ${nameOf(path)}`;
  const stored = quietly(() => rows.providerId(path));
  if (stored !== id) {
    const isDouble = stored !== undefined && byPath.has(textOf(path));
    const message = isDouble ? `has two ids, ${stored} and ${id}` : `is not found by its path (id ${id})`;
    const changes = isDouble ? keepOne(rows, path, { stored, id }) : rows.putProvider(id, path).slice(0, 1);
    addProblem(scope, { kind: "broken-target", subject, message, repair: { changes } });
  }
  const keys = decodePath(path);
  const outer = keys.length > 1 ? textOf(encodePath(keys.slice(0, -1))) : undefined;
  if (outer === undefined || byPath.has(outer)) return;
  const next = known.nextId++;
  byPath.set(outer, next);
  const changes = [rows.putSequence(next + 1), ...rows.putProvider(next, encodePath(keys.slice(0, -1)))];
  addProblem(scope, {
    kind: "broken-target",
    subject,
    message: "is in a target that has no row",
    repair: { changes },
  });
}

/** Returns the changes that remove one of the two ids of a target: the one under which no component has target states. */
function keepOne(rows: AppRows, path: Uint8Array, { id, stored }: { readonly id: number; readonly stored: number }) {
  const isStoredUsed = quietly(() => rows.states.ownsInside(stored)) !== false;
  const [removed, kept] = isStoredUsed ? [id, stored] : [stored, id];
  return [...rows.removeProvider(removed, path).slice(1), ...rows.putProvider(kept, path).slice(0, 1)];
}

function requirePath(path: unknown): Uint8Array {
  if (!(path instanceof Uint8Array) || decodePath(path).length === 0) throw new TypeError("Cannot decode a target");
  return path;
}

function requireId(id: unknown): number {
  if (!isId(id)) throw new TypeError("Cannot decode the id of a target");
  return id;
}

function nameOf(path: Uint8Array): string {
  return formatPath(decodePath(path));
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}
