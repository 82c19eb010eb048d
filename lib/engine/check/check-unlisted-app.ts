import { setImmediate as nextTurn } from "node:timers/promises";
import type { StateChange } from "../../state/store.ts";
import { FAMILY } from "../records/row-keys.ts";
import type { OrphanState } from "./finding.ts";
import { addProblem, quietly, scanFamily, type AppScope } from "./scan-rows.ts";
import { readTrackingRow } from "./tracked-component.ts";

/** So many rows are removed by one repair; the next check finds the others. */
const MAX_CHANGES = 10_000;

/**
 * Reports the rows of an app that is not in the list of apps. They are only removed while that list can be read: else they may be the rows
 * of an app whose own row is damaged. The target states go first.
 */
export async function checkUnlistedApp(scope: AppScope, isListWhole: boolean): Promise<void> {
  const { rows } = scope;
  const orphans: OrphanState[] = [];
  const changes: StateChange[] = [];
  const silent = { ...scope, findings: scope.findings.aside() };
  await scanFamily(silent, FAMILY.tracking, {
    decode: readTrackingRow,
    visit({ id, row: { items, name, path } }) {
      if (orphans.length >= MAX_CHANGES) return;
      const known = items.filter(({ providerId }) => quietly(() => rows.providerPath(providerId)) !== undefined);
      orphans.push(...known.map((item) => ({ item, name, path })));
      changes.push(rows.removeTracking(id));
    },
  });
  let count = 0;
  for (const change of rows.removeAll()) {
    if (++count % 1000 === 0) await nextTurn();
    if (orphans.length === 0 && changes.length < MAX_CHANGES) changes.push(change);
  }
  scope.findings.counts.rows += count;
  addProblem(scope, {
    kind: "unlisted-app",
    subject: `${count} rows`,
    message: "belong to an app that is not listed",
    repair: isListWhole ? { changes, orphans } : undefined,
  });
}
