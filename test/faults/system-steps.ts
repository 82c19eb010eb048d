import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { DatabaseSync, StatementSync } from "node:sqlite";
import { stateOf } from "../../lib/app/environment.ts";
import type { Environment } from "../../lib/index.ts";
import { LmdbDatabase } from "../../lib/state/lmdb-database.ts";
import type { StateStore } from "../../lib/state/store.ts";
import type { FaultSteps } from "./fault-steps.ts";

/** The calls that change something or open a file, and that a run makes. */
const SYNC_CALLS = [
  "closeSync",
  "lstatSync",
  "mkdirSync",
  "openSync",
  "readFileSync",
  "readSync",
  "readdirSync",
  "renameSync",
  "rmSync",
  "rmdirSync",
  "statSync",
  "unlinkSync",
  "writeFileSync",
] as const;
const PROMISE_CALLS = ["access", "mkdir", "open", "readFile", "rename", "stat", "writeFile"] as const;

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

/** Makes calls of the file system, of SQLite and commits of the store steps of the run in progress, before and after each. */
export function observeSystem(steps: () => FaultSteps): void {
  for (const name of SYNC_CALLS) wrap(fs, name, "fs", steps);
  for (const name of PROMISE_CALLS) wrap(fs.promises, name, "fs.promises", steps);
  syncBuiltinESMExports();
  wrap(DatabaseSync.prototype, "exec", "sqlite", steps);
  wrap(StatementSync.prototype, "run", "sqlite", steps);
  // A commit that fails takes the writes with it that wait behind it, which a single write that fails would not.
  wrap(LmdbDatabase.prototype, "commit", "store", steps);
}

function wrap(object: object, name: string, prefix: string, steps: () => FaultSteps): void {
  const holder = object as Record<string, AnyFunction>;
  const original = holder[name]!;
  const step = `${prefix}.${name}`;
  holder[name] = function observed(...args) {
    const current = steps();
    current.pass(step);
    const result = original.apply(this, args);
    if (result instanceof Promise) return passAfter(result, current, `${step} done`);
    current.pass(`${step} done`);
    return result;
  };
}

async function passAfter(result: Promise<unknown>, steps: FaultSteps, step: string): Promise<unknown> {
  const value = await result;
  steps.pass(step);
  return value;
}

/** Has the writes of an environment's store be steps: when one is handed over, in the turn after, and when it is made. */
export function observeStore(environment: Environment, steps: FaultSteps): void {
  const state = stateOf(environment);
  const open = state.store.bind(state);
  const observed = new WeakSet<StateStore>();
  state.store = async () => {
    const store = await open();
    if (!observed.has(store)) observeWrites(store, steps);
    observed.add(store);
    return store;
  };
}

function observeWrites(store: StateStore, steps: FaultSteps): void {
  const write = store.write.bind(store);
  // Reads see a write as soon as it is handed over, so nothing may be awaited before that.
  store.write = async (changes) => {
    steps.pass("store.write");
    const writing = write(changes);
    steps.pass("store.write handed over");
    setImmediate(() => steps.pass("store.write one turn later"));
    await writing;
    steps.pass("store.write done");
  };
}
