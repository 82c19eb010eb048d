import { decodeValue } from "../../state/codec.ts";
import { decodePath } from "../../state/stable-key.ts";
import { MAX_KEY_BYTES, type StateStore } from "../../state/store.ts";
import { AppRows } from "../records/app-rows.ts";
import { decodeRow } from "../records/row-envelope.ts";
import { APP_FAMILIES, createRowKey, FAMILY, readAppId } from "../records/row-keys.ts";
import { checkApp } from "./check-app.ts";
import { checkTargets, type CheckTargetsOptions } from "./check-targets.ts";
import { checkUnlistedApp } from "./check-unlisted-app.ts";
import { Findings, type StoreReport } from "./findings.ts";
import { scanRows, type AppScope, type CheckScope } from "./scan-rows.ts";
import { isId } from "./tracked-component.ts";

/** Options of {@link checkStore}. */
export interface CheckOptions {
  /** The app that is checked, besides the store as a whole. @default all apps */
  readonly app?: string;
  /** Ends the check: it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Also compares the recorded target states of each app with the states outside; see {@link checkTargets}. @default they are not compared */
  readonly targets?: TargetsToCheck;
}

/** Options of the check of targets: {@link CheckTargetsOptions}, and the project's folder of each app. */
export interface TargetsToCheck extends Omit<CheckTargetsOptions, "root"> {
  readonly rootOf: (app: string) => string;
}

/**
 * Checks every invariant of the rows of a store; docs/store.md lists them. It reads only, in one pass over each family of rows, lets other
 * work run in between, and keeps 33 bytes for each component. No run may be in progress.
 *
 * @throws TidemarkError `STORE_CORRUPT` or `STORE_UNAVAILABLE` when the store cannot be read at all
 */
export async function checkStore(store: StateStore, options: CheckOptions = {}): Promise<StoreReport> {
  options.signal?.throwIfAborted();
  const findings = new Findings();
  const scope: CheckScope = { store, findings, app: undefined, signal: options.signal };
  const apps = await checkAppList(scope);
  await scanRows(scope, Uint8Array.of(FAMILY.store), {
    decode: (key, value) => decodeRow(key, value, decodeValue),
    visit: () => {},
    isRemovable: false,
  });
  noteUnknownFamilies(scope);
  for (const [app, id] of apps.byName) {
    if (options.app !== undefined && options.app !== app) continue;
    findings.counts.apps++;
    await checkOneApp({ ...scope, app, rows: new AppRows(store, id) }, options.targets);
  }
  for (const id of appIdsWithRows(store)) {
    if (apps.ids.has(id)) continue;
    await checkUnlistedApp({ ...scope, app: `#${id}`, rows: new AppRows(store, id) }, apps.isWhole);
  }
  return findings.report();
}

async function checkOneApp(scope: AppScope, targets: TargetsToCheck | undefined): Promise<void> {
  await checkApp(scope);
  if (targets === undefined) return;
  const { clock, nameOf, rootOf } = targets;
  const { checked, unchecked } = await checkTargets(scope, { clock, nameOf, root: rootOf(scope.app) });
  scope.findings.counts.checkedTargets += checked;
  scope.findings.counts.uncheckedTargets += unchecked;
}

interface AppList {
  readonly byName: ReadonlyMap<string, number>;
  readonly ids: ReadonlySet<number>;
  /** Whether all of its rows can be read. */
  readonly isWhole: boolean;
}

/** Checks the list of the apps. */
async function checkAppList(scope: CheckScope): Promise<AppList> {
  const byName = new Map<string, number>();
  const ids = new Set<number>();
  const { findings } = scope;
  const report = findings.report();
  await scanRows(scope, Uint8Array.of(FAMILY.app), {
    decode: (key, value) =>
      [readAppName(key), decodeRow(key, value, (body) => requireAppId(decodeValue(body)))] as const,
    visit: ([name, id]) => {
      if (ids.has(id)) {
        findings.addProblem({
          kind: "shared-app-id",
          app: name,
          subject: "the app",
          message: `has the id ${id} of another one`,
        });
        return;
      }
      byName.set(name, id);
      ids.add(id);
    },
    isRemovable: false,
  });
  const after = findings.report();
  return { byName, ids, isWhole: after.numProblems === report.numProblems && after.numNotes === report.numNotes };
}

function readAppName(key: Uint8Array): string {
  return decodePath(key.subarray(1))[0] as string;
}

function requireAppId(id: unknown): number {
  if (!isId(id) || id === 0) throw new TypeError("Cannot decode the id of an app");
  return id;
}

/** Notes rows of kinds that this version does not know. */
function noteUnknownFamilies({ findings, store }: CheckScope): void {
  const known = Object.values(FAMILY);
  const reserved: readonly number[] = [FAMILY.logicName, FAMILY.history];
  for (let family = 0; family < 256; family++) {
    if (known.some((each) => each === family) && !reserved.includes(family)) continue;
    const end = family === 255 ? new Uint8Array(MAX_KEY_BYTES + 1).fill(0xff) : Uint8Array.of(family + 1);
    const count = store.count(Uint8Array.of(family), end);
    if (count === 0) continue;
    const message = `are of a later version of Tidemark: ${count}`;
    findings.addNote({ kind: "later-version", app: undefined, subject: `rows of the kind ${family}`, message });
  }
}

/** Finds the ids of the apps that have rows, by a leap to the next app in each family. */
function appIdsWithRows(store: StateStore): readonly number[] {
  const ids = new Set<number>();
  for (const family of APP_FAMILIES) {
    const end = Uint8Array.of(family + 1);
    let start: Uint8Array = Uint8Array.of(family);
    for (;;) {
      const [first] = store.range(start, end);
      if (first === undefined) break;
      const id = readAppId(first.key);
      ids.add(id);
      if (id === 0xffffffff) break;
      start = createRowKey(id + 1, family);
    }
  }
  return [...ids].toSorted((one, other) => one - other);
}
