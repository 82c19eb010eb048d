import { declareTargetState, fn, type mount } from "../../../lib/index.ts";
import type { RecordingTarget } from "./recording-target.ts";

/** Target states by key. */
export type States = Readonly<Record<string, string>>;

/** Makes components that declare the target states they are given. */
export function createDeclaringComponents({ provider }: RecordingTarget<string>) {
  const declareAll = (states: States): void => {
    for (const [key, value] of Object.entries(states)) declareTargetState(provider, key, value);
  };
  return {
    declareAll,
    plain: fn(function plain(states: States) {
      declareAll(states);
    }),
    memoized: fn({ memo: true }, function memoized(states: States) {
      declareAll(states);
    }),
  };
}

/** A main function that mounts one component after the other, each when the one before has been applied. */
export function inTurn(...mounts: readonly (() => ReturnType<typeof mount>)[]): () => Promise<void> {
  return async () => {
    for (const start of mounts) await (await start()).ready();
  };
}
