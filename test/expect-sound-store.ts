import { AssertionError } from "chai";
import { checkStore, type CheckOptions } from "../lib/engine/check/check-store.ts";
import type { StateStore } from "../lib/state/store.ts";

/** Checks every invariant of a store in which no run is in progress. */
export async function expectSoundStore(store: StateStore, options: CheckOptions = {}): Promise<void> {
  const { numProblems, problems } = await checkStore(store, options);
  if (numProblems === 0) return;
  const lines = problems.map(({ app, kind, message, subject }) => `${app}: ${subject} ${message} (${kind})`);
  throw new AssertionError(`The store has ${numProblems} problems:\n${lines.join("\n")}`);
}
