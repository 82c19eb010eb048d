import type { StartedExecution } from "../../progress/activity.ts";
import type { Component } from "../run/component.ts";
import { ownCopy } from "../memo/own-copy.ts";
import { Frame, runInFrame } from "../run/frame.ts";
import { bindTargets } from "../targets/bind-targets.ts";
import { hasLostOwnFile } from "./own-file.ts";
import { submit } from "./submit.ts";

/** Runs a component that is not answered from its memo, brings about what it declared, and counts how it ended. */
export async function execute(component: Component): Promise<unknown> {
  const { report, run } = component;
  run.throwIfAborted();
  run.mounted.noteHandlers(component.id, component.mounting.handlers);
  const isRecorded = component.row !== undefined;
  const started = report.activity.start(component);
  run.backpressure.start();
  run.enter(component);
  try {
    const value = handedOut(component, await runFunction(component));
    run.throwIfAborted();
    component.interrupt = undefined;
    report.activity.finish(started, await submitCounted(component, value));
    return value;
  } catch (error) {
    const lost = hasLostOwnFile(component, error);
    if (lost !== false && (await lost)) takeBack(component, started, isRecorded);
    else countFailure(component, started, error);
    throw error;
  } finally {
    // The groups of an aborted run fail with it: not everything was deleted.
    if (!run.isAborted) component.body.releaseGroups();
    run.leave(component);
  }
}

/** The value as its user gets it: a memoized one is a copy, which is stored before the user, or the function, can alter it. */
function handedOut({ info }: Component, value: unknown): unknown {
  return info.isMemoized ? ownCopy(value) : value;
}

async function submitCounted(component: Component, value: unknown): Promise<"adds" | "reprocesses"> {
  const { backpressure } = component.run;
  backpressure.enter();
  try {
    return await submit(component, value);
  } finally {
    backpressure.leave();
  }
}

/** Counts a failure that came before the function could run. */
export function failBeforeStart(component: Component, error: unknown): void {
  component.cell.start();
  countFailure(component, undefined, error);
}

/** Calls the function, then waits for everything it has mounted; only then throws what it threw. */
async function runFunction(component: Component): Promise<unknown> {
  const { body, cell, info } = component;
  const scope = { subpath: [], group: undefined, handlers: component.run.handlers };
  const frame = new Frame(component, scope, body.dependencies);
  const args = bindTargets(component.args, component);
  const call = (): unknown => Reflect.apply(info.implementation, undefined, args);
  cell.enterBody();
  const outcome = await interruptible(component, () => runInFrame(frame, call)).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  cell.leaveBody(body.hasMounted);
  body.readiness.close();
  component.run.throwIfAborted();
  if (!body.readiness.isReady) await interruptible(component, () => body.readiness.wait());
  if ("error" in outcome) throw outcome.error;
  return outcome.value;
}

/** Waits for `body`, but not beyond the end of the run. */
function interruptible<T>(component: Component, body: () => T | PromiseLike<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    component.interrupt = reject;
    // Not `resolve(body())`: what has been resolved with a promise cannot be rejected any more.
    attempt(body).then(resolve, reject);
  });
}

async function attempt<T>(body: () => T | PromiseLike<T>): Promise<T> {
  return body();
}

/** Takes the start of a component back that has lost its own file: it is deleted like any other child that has vanished. */
function takeBack(component: Component, started: StartedExecution, isRecorded: boolean): void {
  const { id, mounting, relativePath, report, row, run } = component;
  const parent = component.parent!;
  report.activity.cancel(started);
  // The parent may have the same file as an argument, which may come back as it was.
  parent.hasFailedChild = true;
  parent.body.children.lose(relativePath);
  run.mounted.noteLost(id, row, { report, handlers: mounting.handlers, isCounted: isRecorded });
}

function countFailure(component: Component, started: StartedExecution | undefined, error: unknown): void {
  const { cell, info, parent, report, run } = component;
  if (component.isAbortReason(error)) {
    if (started === undefined) cell.cancel();
    else report.activity.cancel(started);
    parent?.body.children.release(component.relativePath);
    return;
  }
  if (started === undefined) cell.finish("errors");
  else report.activity.finish(started, "errors");
  if (parent !== undefined) parent.hasFailedChild = true;
  report.recordFailure({ component: info.name, path: component.path, error });
  // A component that has failed from the start is on record nevertheless: below it there may be others, and its deletion counts.
  run.write(component.recordChanges({}));
}
