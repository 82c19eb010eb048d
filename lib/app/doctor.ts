import { realpathSync } from "node:fs";
import { checkStore, type CheckOptions } from "../engine/check/check-store.ts";
import { Findings, type StoreReport } from "../engine/check/findings.ts";
import { repairStore, type RepairStep } from "../engine/check/repair-store.ts";
import { readAppPlace } from "../engine/records/app-places.ts";
import { StoreRows } from "../engine/records/store-rows.ts";
import { TidemarkError } from "../errors.ts";
import { readIdentity } from "../project/store-identity.ts";
import { locateStore } from "../project/store-location.ts";
import type { StateStore } from "../state/store.ts";
import { stateOf, type Environment } from "./environment.ts";
import { targetName } from "./target-location.ts";

/** The extent of a diagnosis. */
export interface DoctorQuery {
  readonly app: string;
  /** Whether recorded target states are compared with the states outside. */
  readonly targets: boolean;
  /** Whether the app's code is not at hand: it stands in the project's folder in which it ran last. */
  readonly isRootRecorded: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Checks the store of an environment, and reads only. A store that cannot be read at all is a problem, too. */
export async function diagnose(environment: Environment, query: DoctorQuery): Promise<StoreReport> {
  try {
    const store = await stateOf(environment).store();
    return await checkStore(store, checkOptions(environment, store, query));
  } catch (error) {
    if (isCorrupt(error)) return unreadable(environment.dbPath, error);
    throw error;
  }
}

/** Repairs the store of an environment, and resolves with a report on the repaired store. */
export async function repair(
  environment: Environment,
  query: DoctorQuery,
  onStep: (step: RepairStep) => void,
): Promise<StoreReport> {
  const { clock } = stateOf(environment);
  const store = await stateOf(environment).store();
  const rootOf = rootsOf(environment, store, query);
  return repairStore(store, {
    check: checkOptions(environment, store, query),
    rootOf,
    nameOf: (path) => targetName(path, rootOf(query.app)),
    clock,
    isConfirmed: isConfirmed(store, environment.dbPath, query.app),
    signal: query.signal,
    onStep,
  });
}

/** Whether an error says that a store is damaged. */
export function isCorrupt(error: unknown): error is TidemarkError {
  return error instanceof TidemarkError && error.code === "STORE_CORRUPT";
}

function checkOptions(environment: Environment, store: StateStore, query: DoctorQuery): CheckOptions {
  const { app, signal, targets } = query;
  const base = { app, ...(signal === undefined ? {} : { signal }) };
  if (!targets) return base;
  const rootOf = rootsOf(environment, store, query);
  const { clock } = stateOf(environment);
  return { ...base, targets: { rootOf, clock, nameOf: (path) => targetName(path, rootOf(app)) } };
}

/** Finds the project's folder of an app: the root of the environment, or the recorded root while the store has not moved. */
function rootsOf(environment: Environment, store: StateStore, query: DoctorQuery): (app: string) => string {
  if (!query.isRootRecorded) return () => environment.root;
  const here = realpathSync(environment.dbPath);
  return (app) => {
    const place = readUndamaged(() => readAppPlace(new StoreRows(store), app));
    return place?.store === here ? place.root : environment.root;
  };
}

/** Whether target states of an app outside of its project may be removed from here; see {@link StoreHome.isConfirmed}. */
function isConfirmed(store: StateStore, dbPath: string, app: string): boolean {
  const identity = readUndamaged(() => readIdentity(new StoreRows(store)) ?? null);
  if (identity === undefined) return false;
  if (identity === null) return true;
  return locateStore(identity, realpathSync(dbPath)) === "confirmed" && !identity.copiedApps.includes(app);
}

/** The check reports a damaged row. */
function readUndamaged<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isCorrupt(error)) return undefined;
    throw error;
  }
}

function unreadable(dbPath: string, error: TidemarkError): StoreReport {
  const findings = new Findings();
  const subject = `the store in ${dbPath}`;
  findings.addProblem({
    kind: "unreadable-store",
    app: undefined,
    subject,
    message: `cannot be read: ${error.message}`,
  });
  return findings.report();
}
