import { decodeValue } from "../../state/codec.ts";
import { decodePath, formatPath } from "../../state/stable-key.ts";
import { MAX_KEY_BYTES } from "../../state/store.ts";
import { decodeCallRow } from "../records/call-row.ts";
import { readId } from "../records/child-row.ts";
import { decodePendingDeletion } from "../records/pending-deletion-row.ts";
import { removeRow } from "../records/row-change.ts";
import { decodeRow } from "../records/row-envelope.ts";
import { FAMILY, ROW_ID_AT, ROW_TAIL_AT } from "../records/row-keys.ts";
import { ROOT_ID, type PendingDeletionRow } from "../records/row.ts";
import { checkComponents } from "./check-components.ts";
import { checkGivenUp } from "./check-given-up.ts";
import { checkProviders } from "./check-providers.ts";
import { checkStates } from "./check-states.ts";
import type { ComponentTable } from "./component-table.ts";
import { addProblem, quietly, scanFamily, type AppScope } from "./scan-rows.ts";
import { isId } from "./tracked-component.ts";

/** Checks the rows of one app, a pass over each family. */
export async function checkApp(scope: AppScope): Promise<void> {
  const pending = await checkPendingDeletions(scope);
  const { maxId, table } = await checkComponents(scope, pending);
  const providers = await checkProviders(scope, maxId);
  const maxGeneration = await checkStates(scope, { table, providers });
  await checkSequence(scope, Math.max(maxId, maxGeneration, ...lastOf(providers.keys())));
  await checkCalls(scope, table);
  await checkGivenUp(scope, providers);
  await checkUpdates(scope);
}

/** Checks that each pending deletion names a component. */
async function checkPendingDeletions(scope: AppScope): Promise<ReadonlyMap<number, PendingDeletionRow>> {
  const { findings, rows } = scope;
  const pending = new Map<number, PendingDeletionRow>();
  await scanFamily(scope, FAMILY.pendingDeletion, {
    decode: (key, value) => decodeRow(key, value, (body) => requirePending(decodePendingDeletion(body))),
    visit: (row, key) => {
      const id = readId(key, ROW_ID_AT);
      const path = formatPath([...decodePath(row.parentPath), ...decodePath(row.path)]);
      const subject = `the component ${path}`;
      findings.counts.pendingDeletions++;
      if (quietly(() => rows.child(row.ancestors.at(-1) ?? ROOT_ID, row.path)?.id) === id) {
        pending.set(id, row);
        const message = "is to be deleted: the next update tries again";
        findings.addNote({ kind: "pending-deletion", app: scope.app, subject, message });
        return;
      }
      const message = "has a pending deletion, and is gone";
      addProblem(scope, { kind: "stale-deletion", subject, message, repair: { changes: [removeRow(key)] } });
    },
  });
  return pending;
}

function requirePending(row: PendingDeletionRow): PendingDeletionRow {
  decodePath(row.path);
  decodePath(row.parentPath);
  const isRow = Array.isArray(row.ancestors) && row.ancestors.every(isId);
  if (isRow) return row;
  throw new TypeError("Cannot decode a pending deletion");
}

/** Checks that all ids are below the next one. */
async function checkSequence(scope: AppScope, maxId: number): Promise<void> {
  const { rows } = scope;
  let next = ROOT_ID + 1;
  await scanFamily(scope, FAMILY.sequence, {
    decode: (key, value) => decodeRow(key, value, (body) => requireNext(decodeValue(body))),
    visit: (id) => void (next = id),
  });
  if (maxId < next) return;
  addProblem(scope, {
    kind: "low-sequence",
    subject: "the next id",
    message: `is ${next}, although ${maxId} is taken`,
    repair: { changes: [rows.putSequence(maxId + 1)] },
  });
}

function requireNext(next: unknown): number {
  if (!isId(next) || next === ROOT_ID) throw new TypeError("Cannot decode the next id");
  return next;
}

/** Checks that each stored call belongs to a component that knows of it. */
async function checkCalls(scope: AppScope, table: ComponentTable): Promise<void> {
  let newest = -1;
  await scanFamily(scope, FAMILY.call, {
    decode: (key, value) => ({
      id: readId(key, ROW_ID_AT),
      fingerprint: decodeRow(key, value, decodeCallRow).fingerprint,
    }),
    visit: ({ fingerprint, id }, key) => {
      scope.findings.counts.calls++;
      const tail = key.subarray(ROW_TAIL_AT);
      if (key.length < MAX_KEY_BYTES && Buffer.compare(tail, fingerprint) !== 0) {
        addProblem(scope, {
          kind: "wrong-key",
          subject: `a memoized call of the component with the id ${id}`,
          message: "is stored under the fingerprint of another call",
          repair: { changes: [removeRow(key)], rerun: id },
        });
      }
      if (id !== newest) checkCaller(scope, table, id);
      newest = id;
    },
  });
}

function checkCaller(scope: AppScope, table: ComponentTable, id: number): void {
  const at = table.find(id);
  if (at !== -1 && (table.hasCalls(at) || table.isOrphan(at))) return;
  addProblem(scope, {
    kind: at === -1 ? "orphan-calls" : "hidden-calls",
    subject: `the component with the id ${id}`,
    message: at === -1 ? "is gone, and memoized calls of it are stored" : "has memoized calls, which its row denies",
    repair: { changes: scope.findings.isFull ? [] : scope.rows.removeCalls(id) },
  });
}

/** Checks that each record of an ended update can be read. */
function checkUpdates(scope: AppScope): Promise<void> {
  return scanFamily(scope, FAMILY.update, {
    decode: (key, value) => decodeRow(key, value, (body) => requireRecord(decodeValue(body))),
    visit: () => void scope.findings.counts.updates++,
  });
}

function requireRecord(text: unknown): void {
  const record = JSON.parse(text as string) as { id?: unknown; startedAt?: unknown } | null;
  if (typeof record?.id !== "string" || Number.isNaN(Date.parse(String(record.startedAt)))) {
    throw new TypeError("Cannot decode the record of an update");
  }
}

/** The greatest of ids, in an array of one; empty without any. */
function lastOf(ids: Iterable<number>): readonly number[] {
  let greatest: number | undefined;
  for (const id of ids) if (greatest === undefined || id > greatest) greatest = id;
  return greatest === undefined ? [] : [greatest];
}
