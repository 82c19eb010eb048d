import type { ComponentFailure } from "../report.ts";

/** What gives failures: the handle of a run for one. */
interface FailureSource {
  failures(): readonly ComponentFailure[];
}

const own = new WeakMap<FailureSource, () => readonly ComponentFailure[]>();

/** Says what gives the failures of a run outside its stats groups, whose handle gives those of the groups as well. */
export function provideOwnFailures(handle: FailureSource, failures: () => readonly ComponentFailure[]): void {
  own.set(handle, failures);
}

/** The newest failures that are counted in the report of `handle` itself, for whoever shows the groups beside it. */
export function ownFailures(handle: FailureSource): readonly ComponentFailure[] {
  return own.get(handle)?.() ?? handle.failures();
}
