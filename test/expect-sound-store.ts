import { AssertionError } from "chai";
import { checkStore } from "../lib/engine/check/check-store.ts";
import type { StateStore } from "../lib/state/store.ts";

/** Checks every invariant of a store in which no run is in progress. */
export async function expectSoundStore(store: StateStore, when: string = ""): Promise<void> {
  const { numProblems, problems } = await checkStore(store);
  if (numProblems === 0) return;
  const lines = problems.map(({ app, kind, message, subject }) => `${app}: ${subject} ${message} (${kind})`);
  throw new AssertionError(`The store has ${numProblems} problems ${when}\n${lines.join("\n")}`);
}
