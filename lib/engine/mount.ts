import { isPromise } from "node:util/types";
import { argumentHint } from "../options/argument-hint.ts";
import { describeValue } from "../options/describe-value.ts";
import { silencePromises } from "../options/silence-promises.ts";
import { encodePath, symbolKey } from "../state/stable-key.ts";
import type { StableKey } from "../state/stable-key.ts";
import type { Component } from "./run/component.ts";
import type { Mounting } from "./run/mounting.ts";
import { EachMount } from "./each-mount.ts";
import { currentFrame, requireFrame, type Frame, type Scope } from "./run/frame.ts";
import { functionInfo, type FunctionInfo, type MountTarget } from "./memo/function-info.ts";
import { launch } from "./live/launch.ts";
import { isLiveMapFeed } from "./sources/live-map-feed.ts";
import { followFeed } from "./live/follow-feed.ts";
import { MountCompletion } from "./run/mount-completion.ts";
import type { MountHandle } from "./run/mount-handle.ts";
import { requireOwnTargets } from "./execution/require-own-targets.ts";
import { isListable, requireItems, type MountItems } from "./sources/mount-items.ts";
import { admit, adoptChild, requireMountable, runInBackground, runToEnd } from "./execution/start.ts";
import { subpathKeys, type MountPath } from "./run/subpath.ts";

/**
 * Mounts a component: has `target` run with `args` as a part of the running component, which is finished only when this one is.
 * Resolves once it is scheduled; while all slots are taken that takes time, which holds back a loop that mounts many.
 *
 * What it throws goes to the exception handlers; the component that mounts it goes on.
 *
 * @throws TidemarkError `COMPONENT_PATH_TAKEN` when the running component has mounted one at the same path
 */
export function mount<A extends readonly unknown[]>(
  target: MountTarget<A, unknown>,
  ...args: NoInfer<A>
): Promise<MountHandle>;
export function mount<A extends readonly unknown[]>(
  path: MountPath,
  target: MountTarget<A, unknown>,
  ...args: NoInfer<A>
): Promise<MountHandle>;
export function mount(...given: readonly unknown[]): Promise<MountHandle> {
  return excuseAbort(mountOne(given));
}

/**
 * Mounts a component and waits for its value. What it throws is thrown here.
 *
 * @throws TidemarkError `COMPONENT_PATH_TAKEN` when the running component has mounted one at the same path
 */
export function useMount<A extends readonly unknown[], R>(
  target: (...args: A) => R,
  ...args: NoInfer<A>
): Promise<Awaited<R>>;
export function useMount<A extends readonly unknown[], R>(
  path: MountPath,
  target: (...args: A) => R,
  ...args: NoInfer<A>
): Promise<Awaited<R>>;
export function useMount(...given: readonly unknown[]): Promise<unknown> {
  return excuseAbort(useOne(given));
}

/**
 * Mounts a component for every item: `target(value, ...args)` for each `[key, value]`. Resolves when the last one is scheduled; the
 * items are taken as slots become free, so a million of them never stand in memory. A component whose item has vanished since the
 * last run is deleted, unless taking the items has failed.
 *
 * In a live run a source that tells of its changes is followed until the run ends: this resolves at once, the handle's `ready()` when
 * what there was at the beginning is applied. A source that fails is reported to the exception handlers, and tried again.
 *
 * @throws whatever the items throw, and TidemarkError `COMPONENT_PATH_TAKEN` for a key that comes twice
 */
export function mountEach<V, A extends readonly unknown[]>(
  target: MountTarget<readonly [value: V, ...args: A], unknown>,
  items: MountItems<NoInfer<V>>,
  ...args: NoInfer<A>
): Promise<MountHandle>;
export function mountEach<V, A extends readonly unknown[]>(
  path: MountPath,
  target: MountTarget<readonly [value: V, ...args: A], unknown>,
  items: MountItems<NoInfer<V>>,
  ...args: NoInfer<A>
): Promise<MountHandle>;
export function mountEach(...given: readonly unknown[]): Promise<MountHandle> {
  return excuseAbort(mountItems(given));
}

async function mountOne(given: readonly unknown[]): Promise<MountHandle> {
  const child = createChild("mount", given);
  const completion = new MountCompletion();
  if (child.info.live === undefined) {
    await admit(child);
    runInBackground(child, completion);
  } else {
    await launch(child, completion);
  }
  completion.close();
  await child.run.backpressure.wait();
  return completion.handle;
}

async function useOne(given: readonly unknown[]): Promise<unknown> {
  const child = createChild("useMount", given);
  await admit(child);
  return runToEnd(child);
}

async function mountItems(given: readonly unknown[]): Promise<MountHandle> {
  const frame = requireFrame("mount components");
  const { path, target, args } = parseMount(given);
  const info = functionInfo(target);
  const [items, ...rest] = args;
  requireItems(items);
  requireSettled(info, rest, 2);
  requireOwnTargets(frame.component, info, rest);
  if (path === undefined) frame.component.body.children.noteNamed(info.name, info.logicId);
  const placePath = encodePath(pathOf(frame.scope, info, path));
  if (!isLiveMapFeed(items)) return new EachMount(frame, info, rest, placePath).run(items);
  const { run } = frame.component;
  frame.component.markLive();
  if (!run.live.areLasting && isListable(items)) return new EachMount(frame, info, rest, placePath).run(items);
  return followFeed(frame, info, rest, { path: placePath, feed: items });
}

/** Lets a mount that nobody waits for be cut short by the end of the run: the run itself says why. */
function excuseAbort<T>(mounting: Promise<T>): Promise<T> {
  const run = currentFrame()?.component.run;
  const excused: Promise<T> = mounting.catch((error: unknown) => {
    if (run?.isAbortReason(error) === true) void excused.catch(() => {});
    throw error;
  });
  return excused;
}

interface ParsedMount {
  readonly path: MountPath | undefined;
  readonly target: (...args: readonly never[]) => unknown;
  readonly args: readonly unknown[];
}

function parseMount(given: readonly unknown[]): ParsedMount {
  const [first, second, ...rest] = given;
  if (first === undefined || isPromise(first)) {
    const got = `${describeValue(first)}${argumentHint(first)}`;
    throw new TypeError(`Cannot mount a component: the first argument must be a function or a subpath, got ${got}`);
  }
  if (typeof first === "function") {
    return { path: undefined, target: first as ParsedMount["target"], args: given.slice(1) };
  }
  // `functionInfo` tells what is wrong when the second one is no function either.
  return { path: first as MountPath, target: second as ParsedMount["target"], args: rest };
}

function createChild(kind: Mounting["kind"], given: readonly unknown[]): Component {
  const frame: Frame = requireFrame("mount a component");
  const { path, target, args } = parseMount(given);
  const info = functionInfo(target);
  if (kind === "useMount" && info.live !== undefined) {
    throw new TypeError(`Cannot use the value of live component \`${info.name}\`: it has none; mount it`);
  }
  requireSettled(info, args, 1);
  requireOwnTargets(frame.component, info, args);
  requireMountable(frame);
  const { component, scope } = frame;
  if (path === undefined) component.body.children.noteNamed(info.name, info.logicId);
  const mounting: Mounting = { kind, group: scope.group?.nearestOpen, handlers: scope.handlers };
  return adoptChild(component, info, args, { path: encodePath(pathOf(scope, info, path)), mounting });
}

/** Throws for a promise among the arguments: a component may wait for a slot, and a promise that rejects meanwhile ends the process. */
function requireSettled(info: FunctionInfo, args: readonly unknown[], firstPlace: number): void {
  const at = args.findIndex(isPromise);
  if (at === -1) return;
  silencePromises(args);
  const got = `a promise${argumentHint(args[at])}`;
  throw new TypeError(`Cannot mount \`${info.name}\`: argument ${at + firstPlace} must be a value, got ${got}`);
}

function pathOf(scope: Scope, info: FunctionInfo, path: MountPath | undefined): readonly StableKey[] {
  if (path === undefined) return [...scope.subpath, symbolKey(info.name)];
  return [...scope.subpath, ...subpathKeys(path)];
}
