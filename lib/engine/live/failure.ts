import type { MountCompletion } from "../run/mount-completion.ts";

/** A failure that no exception handler has swallowed. */
export interface Failure {
  readonly error: unknown;
}

/** Waits until everything that belongs to `completion` is ready; returns the failure that no exception handler has swallowed. */
export async function failureOf(completion: MountCompletion): Promise<Failure | undefined> {
  try {
    await completion.ready();
    return undefined;
  } catch (error) {
    return { error };
  }
}
