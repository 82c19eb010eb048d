import { TidemarkError } from "../../errors.ts";
import { Component } from "../run/component.ts";
import type { Mounting } from "../run/mounting.ts";
import { handleException } from "../run/exceptions.ts";
import { execute, failBeforeStart } from "./execute.ts";
import type { Asked } from "../memo/memo-check.ts";
import { probe, type Hit } from "./probe.ts";
import type { SharedArguments } from "../memo/shared-arguments.ts";
import type { Frame } from "../run/frame.ts";
import type { FunctionInfo } from "../memo/function-info.ts";
import type { MountCompletion } from "../run/mount-completion.ts";
import type { ChildRow } from "../records/row.ts";

/** Throws unless a component can be mounted from here. */
export function requireMountable(frame: Frame): void {
  const { call, component } = frame;
  component.requireOpen("mount a component");
  if (call === undefined) return;
  throw new TidemarkError(
    "INSIDE_MEMOIZED_CALL",
    `Cannot mount a component in a memoized call of \`${call.name}\`: when the call is answered from its memo, nothing would be ` +
      `mounted; mount \`${call.name}\` itself, or leave its \`memo\` out`,
    { facts: { function: call.name, path: component.path } },
  );
}

/** Makes a child of `parent`. From here on the parent, and the stats group around the mount, wait for it. */
export function adoptChild(
  parent: Component,
  info: FunctionInfo,
  args: readonly unknown[],
  where: { readonly path: Uint8Array; readonly mounting: Mounting; readonly shared?: SharedArguments | undefined },
): Component {
  return createChild(parent, info, args, { ...where, ...parent.body.children.adopt(where.path) });
}

/** As {@link adoptChild}, for a place that is taken already. */
export function createChild(
  parent: Component,
  info: FunctionInfo,
  args: readonly unknown[],
  where: {
    readonly path: Uint8Array;
    readonly id: number;
    readonly row: ChildRow | undefined;
    readonly mounting: Mounting;
    readonly shared?: SharedArguments | undefined;
    readonly asked?: Asked | undefined;
  },
): Component {
  const { run } = parent;
  const { path: relativePath, ...rest } = where;
  const { id, mounting } = rest;
  const child = new Component({ run, parent, relativePath, info, args, ...rest });
  const changes = parent.row?.hasChildren === true ? [] : parent.recordChanges({ hasChildren: true });
  // In a live run it may come back after its deletion has failed.
  if (run.mounted.revokeDeleteAttempt(id)) {
    changes.push(run.rows.removePendingDeletion(id));
  }
  run.write(changes);
  parent.body.enterChild();
  mounting.group?.readiness.enter();
  return child;
}

/** Gets a slot for a child; a promise only where it has to wait, which counts as queued. */
export function admit(child: Component): Promise<void> | undefined {
  const { slots } = child.run;
  child.parent?.giveUpSlot();
  if (slots.tryAcquire()) {
    child.takeSlot();
    return undefined;
  }
  return waitForSlot(child);
}

/** Runs a component that has its slot; gives its value, or throws what it failed with. */
export async function runToEnd(child: Component): Promise<unknown> {
  try {
    return await finish(child, tryProbe(child));
  } finally {
    leave(child);
  }
}

/** Runs a component that has its slot; a failure goes to the exception handlers, and `completion` is told of the end. */
export function runInBackground(child: Component, completion: MountCompletion): void {
  completion.enter();
  const answer = tryProbe(child);
  if (answer !== undefined && "value" in answer) {
    leave(child);
    completion.leave();
    return;
  }
  void finishInBackground(child, completion, answer);
}

/**
 * Runs a live component once more, or for the first time: it stays mounted meanwhile. Gives what the exception handlers left of a
 * failure.
 */
export async function runCycle(component: Component): Promise<CycleOutcome> {
  try {
    await acquireSlot(component);
    await execute(component);
    return { hasSucceeded: true, failure: undefined };
  } catch (error) {
    component.giveUpSlot();
    return { hasSucceeded: false, failure: await handOver(component, error) };
  } finally {
    component.giveUpSlot();
  }
}

/** How a {@link runCycle} has ended. */
export interface CycleOutcome {
  readonly hasSucceeded: boolean;
  readonly failure: { readonly error: unknown } | undefined;
}

async function waitForSlot(child: Component): Promise<void> {
  try {
    await acquireSlot(child);
  } catch (error) {
    child.parent?.body.children.release(child.relativePath);
    leave(child);
    throw error;
  }
}

async function acquireSlot(component: Component): Promise<void> {
  component.cell.enqueue();
  try {
    await component.run.slots.acquire(component.depth);
    component.takeSlot();
  } finally {
    component.cell.dequeue();
  }
}

type Probed = Hit | { readonly pending: Promise<Hit | undefined> } | { readonly error: unknown };

function tryProbe(child: Component): Probed | undefined {
  try {
    const answer = probe(child);
    return answer instanceof Promise ? { pending: answer } : answer;
  } catch (error) {
    return { error };
  }
}

async function finish(child: Component, probed: Probed | undefined): Promise<unknown> {
  let hit: Hit | undefined;
  try {
    if (probed !== undefined) {
      if ("error" in probed) throw probed.error;
      hit = "pending" in probed ? await probed.pending : probed;
      // While its arguments were asked for their states, they may have been altered.
      if (hit === undefined) child.dropBasisIfAltered();
    }
  } catch (error) {
    child.run.throwIfAborted();
    failBeforeStart(child, error);
    throw error;
  }
  if (hit !== undefined) return hit.value;
  try {
    const value = await execute(child);
    const { parent } = child;
    // A parent with live parts stores no memo, and in a live run its dependencies would only grow.
    if (parent?.hasLiveParts === false) parent.body.dependencies.addChild(child.body.dependencies.toString());
    return value;
  } catch (error) {
    // What it has mounted before it failed is finished, but not followed: nobody would run it again.
    await child.run.live.stopBelow(child.id);
    throw error;
  }
}

async function finishInBackground(
  child: Component,
  completion: MountCompletion,
  probed: Probed | undefined,
): Promise<void> {
  let failure: { readonly error: unknown } | undefined;
  try {
    await finish(child, probed);
  } catch (error) {
    child.giveUpSlot();
    if (child.run.mounted.lost(child.id) === undefined) failure = await handOver(child, error);
  }
  leave(child);
  completion.leave(failure);
}

/** Has the exception handlers deal with a failure; gives what they left of it. */
async function handOver(child: Component, error: unknown): Promise<{ readonly error: unknown } | undefined> {
  const { info, mounting, parent, path, run } = child;
  if (run.isAborted || child.isAbortReason(error)) return undefined;
  const context = {
    environment: run.environmentName,
    component: info.name,
    path,
    parentPath: parent?.path ?? path,
    mountKind: mounting.kind === "mountEach" ? ("mountEach" as const) : ("mount" as const),
  };
  try {
    await handleException(mounting.handlers, error, context, run.grace);
    return undefined;
  } catch (thrown) {
    return { error: thrown };
  }
}

/** The component is over: its slot is free, and whoever waits for it is told. */
export function leave(child: Component): void {
  const { mounting, parent } = child;
  child.giveUpSlot();
  if (child.hasFailedChild && parent !== undefined) parent.hasFailedChild = true;
  mounting.group?.readiness.leave();
  parent?.body.leaveChild();
}
