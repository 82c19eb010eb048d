import { formatPath, decodeKey, decodePath } from "../../state/stable-key.ts";
import { decodeRow } from "../records/row-envelope.ts";
import { createRowKey, FAMILY } from "../records/row-keys.ts";
import { removeRow } from "../records/row-change.ts";
import type { GivenUpRow } from "../records/row.ts";
import { decodeGivenUpRow } from "../records/tracking-row.ts";
import type { ProviderPaths } from "./check-providers.ts";
import { addProblem, quietly, scanFamily, type AppScope } from "./scan-rows.ts";

/** Checks the target states that were given up: each has a target, and no owner unless an original store owns it. */
export function checkGivenUp(scope: AppScope, providers: ProviderPaths): Promise<void> {
  return scanFamily(scope, FAMILY.givenUp, {
    decode: (key, value) => decodeRow(key, value, (body) => requireGivenUp(decodeGivenUpRow(body))),
    visit: (row, key) => visit(scope, providers, row, key),
  });
}

function requireGivenUp(row: GivenUpRow): GivenUpRow {
  decodeKey(row.item.key);
  if (typeof row.reason !== "string" || typeof row.timeMs !== "number" || !Array.isArray(row.item.states)) {
    throw new TypeError("Cannot decode a target state that was given up");
  }
  return row;
}

function visit(
  scope: AppScope,
  providers: ProviderPaths,
  { item, path: owner, reason }: GivenUpRow,
  key: Uint8Array,
): void {
  const { app, findings, rows } = scope;
  const target = providers.get(item.providerId);
  const repair = { changes: [removeRow(key)] };
  const subject = `the target state ${formatPath([...(target === undefined ? [] : decodePath(target)), decodeKey(item.key)])}`;
  findings.counts.givenUpStates++;
  if (Buffer.compare(createRowKey(rows.appId, FAMILY.givenUp, item.providerId, item.key), key) !== 0) {
    return addProblem(scope, {
      kind: "wrong-key",
      subject,
      message: "is stored under the name of another one",
      repair,
    });
  }
  if (target === undefined) {
    const message = `was given up, and its target (id ${item.providerId}) has no row`;
    return addProblem(scope, { kind: "unknown-target", subject, message, repair });
  }
  const isOwned = quietly(() => rows.owner(item.providerId, item.key)) !== undefined;
  if (isOwned && reason !== "copied") {
    return addProblem(scope, { kind: "owned-given-up", subject, message: "was given up, and has an owner", repair });
  }
  if (!isOwned) {
    const message = `was given up (${reason})${owner === "" ? "" : ` by ${owner}`}: it may still be outside`;
    findings.addNote({ kind: "given-up", app, subject, message });
  }
}
