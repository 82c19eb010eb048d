import { formatPath, type StableKey } from "../../state/stable-key.ts";
import type { StateChange, StateStore } from "../../state/store.ts";
import { AppRows } from "../records/app-rows.ts";
import { withoutMemo } from "../records/child-row.ts";
import { FAMILY } from "../records/row-keys.ts";
import type { TrackedItem } from "../records/row.ts";
import { storedApps } from "../records/stored-apps.ts";
import { findItem, withNothing } from "../records/tracked-item.ts";
import { voidMemosOf } from "../records/void-memos.ts";
import { forgetGivenUp } from "../targets/forget-states.ts";
import { statePath } from "../targets/recorded-states.ts";
import { checkStore, type CheckOptions } from "./check-store.ts";
import { readComponentRow } from "./component-row.ts";
import type { Finding, OrphanState } from "./finding.ts";
import { Findings, type StoreReport } from "./findings.ts";
import { releaseOrphans, type OrphanEnd, type ReleaseOptions } from "./release-orphans.ts";
import { scanFamily } from "./scan-rows.ts";

/** One step of a repair: rows were repaired, or a target state was removed, found gone, given up, marked to be written again or forgotten. */
export interface RepairStep {
  readonly act: OrphanEnd | "forgotten" | "marked" | "repaired";
  readonly app: string | undefined;
  readonly subject: string;
  readonly message?: string;
}

/** Options of {@link repairStore}. */
export interface RepairOptions extends Pick<ReleaseOptions, "clock" | "isConfirmed" | "signal"> {
  readonly check: CheckOptions;
  /** The project's folder of an app. */
  readonly rootOf: (app: string) => string;
  /** Names a target state for people. */
  readonly nameOf: (path: readonly StableKey[]) => string;
  readonly onStep: (step: RepairStep) => void;
}

/** One repair can bring another problem to light, such as records of a component whose row was removed. */
const MAX_PASSES = 50;

/** Rows are written this many at a time. */
const CHUNK = 1000;

interface Repairing extends RepairOptions {
  /** The time of the repair, in milliseconds since 1970: states that it gives up bear it. */
  readonly timeMs: number;
}

/**
 * Repairs the rows of a store as far as other rows allow, and resolves with a report on the repaired store. Target states that no component
 * owns are removed outside where they are as recorded, else given up; states that are missing or edited are marked, so that the next update
 * writes them again. States that were given up before are forgotten. All components that have children run again in the next update. The
 * work may be interrupted and repeated.
 */
export async function repairStore(store: StateStore, options: RepairOptions): Promise<StoreReport> {
  const { check, clock } = options;
  const timeMs = clock.date().getTime();
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const { problems } = await checkStore(store, check);
    const repairable = problems.filter(({ repair }) => repair !== undefined);
    if (repairable.length === 0) break;
    for (const [appId, group] of Map.groupBy(repairable, (problem) => problem.appId)) {
      await repairApp(store, appId, group, { ...options, timeMs });
    }
    storedApps(store).forget();
  }
  await forgetEarlierGivenUp(store, { ...options, timeMs });
  return checkStore(store, check);
}

async function repairApp(
  store: StateStore,
  appId: number | undefined,
  problems: readonly Finding[],
  options: Repairing,
): Promise<void> {
  if (appId === undefined) return;
  const rows = new AppRows(store, appId);
  const [uncertain, structural] = partition(problems, ({ repair }) => repair?.uncertain !== undefined);
  await markUncertain(rows, uncertain, options);
  if (structural.length === 0) return;
  // First: an interrupted repair must not leave a memo that skips a component whose records it has removed.
  await voidMemos(rows, new Set(structural.flatMap(({ repair }) => repair?.rerun ?? [])));
  const changes: StateChange[] = [];
  for (const problem of structural) {
    options.signal?.throwIfAborted();
    const { app, message, repair, subject } = problem;
    changes.push(...(await release(rows, problem, repair?.orphans ?? [], options)), ...(repair?.changes ?? []));
    options.onStep({ act: "repaired", app, subject, message });
    if (changes.length >= CHUNK) await rows.write(changes.splice(0));
  }
  await rows.write(changes);
}

async function release(
  rows: AppRows,
  { app, kind }: Finding,
  orphans: readonly OrphanState[],
  options: Repairing,
): Promise<readonly StateChange[]> {
  if (orphans.length === 0) return [];
  const { nameOf, onStep, rootOf } = options;
  const givenUp = await releaseOrphans(rows, orphans, {
    ...options,
    root: rootOf(app ?? ""),
    onEnd: (path, act) => onStep({ act, app, subject: nameOf(path) }),
  });
  // No app would have the rows.
  return kind === "unlisted-app" ? [] : givenUp;
}

/** Voids the memos of all components that have children, and of the components with these ids, with their memoized calls. */
async function voidMemos(rows: AppRows, ids: ReadonlySet<number>): Promise<void> {
  const changes: StateChange[] = [];
  const scope = { store: rows.store, rows, app: "", findings: new Findings() };
  await scanFamily(scope, FAMILY.child, {
    decode: readComponentRow,
    visit: ({ parentId, path, row }) => {
      const isNamed = ids.has(row.id);
      const isVoid = row.memo !== null && (row.hasChildren || isNamed);
      if (isVoid) changes.push(rows.putChild(parentId, path, withoutMemo(row)));
      if (isNamed) changes.push(...rows.removeCalls(row.id));
      if (changes.length < CHUNK) return undefined;
      return rows.write(changes.splice(0));
    },
  });
  await rows.write(changes);
}

/** Marks states as uncertain: their components run again, and write them. */
async function markUncertain(rows: AppRows, problems: readonly Finding[], options: Repairing): Promise<void> {
  const changes: StateChange[] = [];
  for (const [id, states] of Map.groupBy(problems, ({ repair }) => repair!.uncertain!.id)) {
    const row = rows.tracking(id);
    if (row === undefined) continue;
    const marked = new Set<TrackedItem>();
    for (const { repair } of states) {
      const item = findItem(row, repair!.uncertain!.item);
      if (item !== undefined) marked.add(item);
    }
    const items = row.items.map((item) => (marked.has(item) ? withNothing(item) : item));
    changes.push(...voidMemosOf(rows, id, row), ...rows.removeCalls(id), rows.putTracking(id, { ...row, items }));
    for (const { app, message, subject } of states) options.onStep({ act: "marked", app, subject, message });
    if (changes.length >= CHUNK) await rows.write(changes.splice(0));
  }
  await rows.write(changes);
}

/** Forgets the target states that were given up before the repair, as `tidemark forget --orphans` does. */
async function forgetEarlierGivenUp(store: StateStore, { check, nameOf, onStep, timeMs }: Repairing): Promise<void> {
  for (const { name: app, rows } of storedApps(store).apps.values()) {
    if (check.app !== undefined && check.app !== app) continue;
    const chosen = new Set<string>();
    for (const { item } of rows.states.allGivenUp()) {
      if (rows.owner(item.providerId, item.key) === undefined) chosen.add(formatPath(statePath(rows, item)));
    }
    const forgotten = await forgetGivenUp(rows, ({ givenUpMs, path }) => {
      return givenUpMs !== timeMs && chosen.has(formatPath(path));
    });
    for (const { path } of forgotten) onStep({ act: "forgotten", app, subject: nameOf(path) });
  }
}

function partition<T>(items: readonly T[], isFirst: (item: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}
