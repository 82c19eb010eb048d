import { setImmediate as nextTurn } from "node:timers/promises";
import { decodeKey, decodePath, formatPath } from "../../state/stable-key.ts";
import { MAX_KEY_BYTES } from "../../state/store.ts";
import { readId } from "../records/child-row.ts";
import { FAMILY, ROW_ID_AT, ROW_TAIL_AT } from "../records/row-keys.ts";
import type { TrackedItem, TrackingRow } from "../records/row.ts";
import { storedApps } from "../records/stored-apps.ts";
import { removeRow } from "../records/row-change.ts";
import { containerAliases } from "../targets/container-aliases.ts";
import { isContainerHandler } from "../targets/container-handler.ts";
import { definedHandler } from "../targets/providers.ts";
import { otherOwners } from "../targets/state-owners.ts";
import { readOwner, untrackedOrphans } from "./owner-row.ts";
import type { StatesContext } from "./states-context.ts";
import { ownerHashes, ownerKeyOf } from "./owner-hash.ts";
import { addProblem, quietly, scanFamily, type AppScope } from "./scan-rows.ts";

/** The most components that are compared state by state. A repair checks again after it. */
const MAX_SUSPECTS = 10_000;

/** Compares the tracking rows and the owner rows of the components whose sums differ. */
export async function checkSuspects(scope: AppScope, context: StatesContext): Promise<void> {
  const tracked = new Map<number, ReadonlySet<string>>();
  let numSuspects = 0;
  for (const { at, id } of context.table.withSums()) {
    if (++numSuspects > MAX_SUSPECTS) break;
    if (numSuspects % 100 === 0) await nextTurn();
    const row = quietly(() => scope.rows.tracking(id) ?? null);
    // An unreadable row is reported already.
    if (row === undefined || context.table.isOrphan(at)) continue;
    checkItems(scope, context, { at, id, row });
    if (context.table.hasSums(at)) tracked.set(id, new Set((row?.items ?? []).map((item) => keyText(scope, item))));
  }
  if (tracked.size === 0) return;
  const silent = { ...scope, findings: scope.findings.aside() };
  await scanFamily(silent, FAMILY.owner, {
    decode: readOwner,
    visit(owner, key) {
      const items = typeof owner === "number" ? tracked.get(owner) : undefined;
      if (items !== undefined && !items.has(textOf(key))) addUntracked(scope, context, owner as number, key);
    },
  });
}

/** Checks the owner of each tracked state, and takes the states that have another one out of the sums. */
function checkItems(
  scope: AppScope,
  { providers, table }: StatesContext,
  { at, id, row }: { readonly at: number; readonly id: number; readonly row: TrackingRow | null },
): void {
  const { rows } = scope;
  for (const item of row?.items ?? []) {
    const { key, providerId } = item;
    const owner = quietly(() => rows.owner(providerId, key) ?? null);
    if (owner === id) continue;
    const [one, other] = ownerHashes(ownerKeyOf(rows.appId, item));
    table.addSums(at, -one, -other);
    if (owner !== null || !providers.has(providerId)) continue;
    if (rows.taker(providerId, key) !== undefined || hasOtherOwner(scope, providers.get(providerId)!, item)) continue;
    addProblem(scope, {
      kind: "unowned-state",
      subject: `the target state ${stateName(providers.get(providerId)!, key)}`,
      message: `of the component ${formatPath(decodePath(row!.path))} has no owner row`,
      repair: { changes: [rows.putOwner(providerId, key, id)], rerun: id },
    });
  }
}

/** Whether the state was released to another component or app, under another name of it, before its own record was removed. */
function hasOtherOwner({ rows }: AppScope, path: Uint8Array, { key }: TrackedItem): boolean {
  const keys = decodePath(path);
  const outer = keys.length > 1 ? definedHandler(keys[0]!) : undefined;
  const isContainer = outer !== undefined && isContainerHandler(outer) && keys.length === 2;
  const root = storedApps(rows.store).apps.get(rows.appId)?.root ?? "";
  const aliases = isContainer ? containerAliases(outer, keys, root) : undefined;
  const [owner] = otherOwners(rows, { path: keys, aliases }, decodeKey(key));
  return owner !== undefined;
}

function addUntracked(scope: AppScope, { providers }: StatesContext, owner: number, key: Uint8Array): void {
  const path = providers.get(readId(key, ROW_ID_AT));
  if (path === undefined) return;
  const name = key.length === MAX_KEY_BYTES ? formatPath(decodePath(path)) : stateName(path, key.subarray(ROW_TAIL_AT));
  addProblem(scope, {
    kind: "untracked-state",
    subject: `the target state ${name}`,
    message: `has no record in its owner, the component with the id ${owner}`,
    repair: { changes: [removeRow(key)], orphans: untrackedOrphans(key), rerun: owner },
  });
}

function stateName(path: Uint8Array, key: Uint8Array): string {
  return quietly(() => formatPath([...decodePath(path), decodeKey(key)])) ?? formatPath(decodePath(path));
}

function keyText({ rows }: AppScope, item: TrackedItem): string {
  return textOf(ownerKeyOf(rows.appId, item));
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}
