import { TidemarkError } from "../../errors.ts";
import { currentFrame } from "./frame.ts";
import type { Starter } from "./run.ts";

/**
 * The components that the running code is part of, innermost first: it, those above it, then the one that started their run, and so
 * on. None of them ends before the code does, if it is waited for.
 */
export function* surroundings(): Generator<Starter, void> {
  let component: Starter | undefined = currentFrame()?.component;
  while (component !== undefined) {
    yield component;
    component = component.parent ?? component.run.startedIn;
  }
}

/** Throws {@link selfWaitError} in a component that `isWaitedFor`: it would have to end before what it waits for can. */
export function requireOutside(isWaitedFor: (component: Starter) => boolean, act: string, remedy: string): void {
  const component = [...surroundings()].find(isWaitedFor);
  if (component !== undefined) throw selfWaitError(act, component.describe(), remedy);
}

/** As {@link requireOutside}, but gives the error. Code that outlives the function that started it gets none: nobody waits for such code. */
export function findSelfWait(
  isWaitedFor: (component: Starter) => boolean,
  act: string,
  remedy: string,
): TidemarkError | undefined {
  if (currentFrame()?.component.body.readiness.isClosing === true) return undefined;
  const component = [...surroundings()].find(isWaitedFor);
  return component && selfWaitError(act, component.describe(), remedy);
}

/** The error of waiting for one's own end; `act` says what the caller wants to do, `place` where, `remedy` what else to do. */
export function selfWaitError(act: string, place: string, remedy: string): TidemarkError {
  return new TidemarkError("WAITS_FOR_ITSELF", `Cannot ${act} in ${place}: that would wait for its own end; ${remedy}`);
}
