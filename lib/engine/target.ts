import { TidemarkError } from "../errors.ts";
import { argumentHint } from "../options/argument-hint.ts";
import { describeValue } from "../options/describe-value.ts";
import { encodeKey, encodePath, formatPath } from "../state/stable-key.ts";
import type { StableKey } from "../state/stable-key.ts";
import { requireFrame, type Frame } from "./run/frame.ts";
import { fn } from "./function.ts";
import { formatContainerToken } from "./memo/logic.ts";
import { formatOneMemoKey, hasNamedKey, memoKey, type Memoizable } from "./memo/memoizable.ts";
import { copyKey, otherCopyError, OWN_COPY, type PackageCopy } from "./memo/package-copy.ts";
import { useMount } from "./mount.ts";
import { MOUNT_TARGET, registerHandler, type Provider } from "./targets/providers.ts";
import { bindTarget, boundOwner, type BindableTarget, type TargetOwner } from "./targets/bind-targets.ts";
import { componentSubpath } from "./run/subpath.ts";
import type { ContainerHandler, TargetHandler } from "./targets/target-handler.ts";

declare const types: unique symbol;

/** Where target states are declared: a target defined by {@link defineTarget}, or the inside of a mounted container. */
export interface TargetProvider<Key extends StableKey = StableKey, Value = unknown> extends Memoizable {
  /** The target's name, and the keys of the containers down to it. */
  readonly path: readonly StableKey[];
  readonly [types]?: (key: Key, value: Value) => void;
}

interface ContainerDeclaration {
  /** The container kind's name, and the keys down to and including its own. */
  readonly path: readonly StableKey[];
  readonly value: unknown;
}

/** A container to be mounted by {@link mountTarget}. */
export interface ContainerTarget<
  ChildKey extends StableKey = StableKey,
  ChildValue = unknown,
> extends ContainerDeclaration {
  readonly [types]?: (key: ChildKey, value: ChildValue) => void;
}

/** A kind of container, such as folders or tables. */
export interface ContainerKind<
  Key extends StableKey = StableKey,
  Value = unknown,
  ChildKey extends StableKey = StableKey,
  ChildValue = unknown,
> {
  readonly name: string;
  /** The container with this key, as it should be. */
  at(key: Key, value: Value): ContainerTarget<ChildKey, ChildValue>;
}

/**
 * Defines a kind of target states. The name is stored with every state, so that a later run can remove it: it must stay the
 * same, be unique in the process, and the module that defines it must be loaded whenever such states may have to be removed.
 *
 * @throws TypeError for a handler that lacks a method or has an unknown property; TidemarkError `TARGET_NAME_TAKEN`
 */
export function defineTarget<Key extends StableKey, Value, Tracking, Action>(
  name: string,
  handler: TargetHandler<Key, Value, Tracking, Action>,
): TargetProvider<Key, Value> {
  registerHandler(name, handler, "target");
  return new MountedProvider({ path: [name], generation: 0 });
}

/**
 * Defines a kind of container: a target state that holds others. As for {@link defineTarget}, the name must stay the same.
 *
 * @throws TypeError for a handler that lacks a method or has an unknown property; TidemarkError `TARGET_NAME_TAKEN`
 */
export function defineContainer<Key extends StableKey, Value, Tracking, Action, ChildKey extends StableKey, ChildValue>(
  name: string,
  handler: ContainerHandler<Key, Value, Tracking, Action, ChildKey, ChildValue>,
): ContainerKind<Key, Value, ChildKey, ChildValue> {
  registerHandler(name, handler, "container");
  return Object.freeze({ name, at: (key: Key, value: Value) => containerAt([name], key, value) });
}

/** A container inside a mounted container, whose handler's `child` is a container handler. */
export function containerAt<ChildKey extends StableKey, ChildValue>(
  outer: TargetProvider<never, never> | readonly StableKey[],
  key: StableKey,
  value: unknown,
): ContainerTarget<ChildKey, ChildValue> {
  encodeKey(key);
  const path = "path" in outer ? outer.path : outer;
  return Object.freeze({ path: Object.freeze([...path, key]), value });
}

/**
 * Makes sure that a container exists, in a small component of its own, and gives what states inside it are declared with.
 *
 * @throws whatever its handler throws
 */
export async function mountTarget<ChildKey extends StableKey, ChildValue>(
  target: ContainerTarget<ChildKey, ChildValue>,
): Promise<TargetProvider<ChildKey, ChildValue>> {
  requireTarget(target, "mount a target");
  const { host } = requireFrame("mount a target");
  const path = host.canonicalPath(target.path);
  await useMount(componentSubpath(MOUNT_TARGET, path), declareContainer, { path, value: target.value });
  const provider = host.findProvider(path)!;
  return new MountedProvider({ path, generation: provider.inside.generation, formatOnePath: target.path });
}

/**
 * Declares that under `key` there should be `value`. The engine compares it with what the component declared in earlier runs, and has
 * the target's handler do what is needed once the component has succeeded; what it no longer declares is removed.
 *
 * @throws TidemarkError `TARGET_CONFLICT` when the component has declared it already; `WRONG_CONTEXT` when the target was given to
 *   another component, as an argument or as a property of one, and that is not above the present one; TypeError for what is no target
 */
export function declareTargetState<Key extends StableKey, Value>(
  target: TargetProvider<Key, Value>,
  key: Key,
  value: Value,
): void {
  requireTarget(target, "declare a target state");
  const frame = requireFrame("declare a target state");
  requireOwner(frame, target);
  const isTopLevel = target.path.length === 1;
  const canonical = isTopLevel ? frame.host.canonicalPath([...target.path, key]).at(-1)! : key;
  declare(frame, target.path, canonical, value);
}

/** Returns a provider bound to a component; see {@link bindTarget}. */
export function bindProvider<Key extends StableKey, Value>(
  provider: TargetProvider<Key, Value>,
  owner: TargetOwner,
): TargetProvider<Key, Value> {
  return provider instanceof MountedProvider ? provider[bindTarget](owner) : provider;
}

/** Returns the component that a provider is bound to. */
export function ownerOf(provider: TargetProvider<never, never>): TargetOwner | undefined {
  return provider instanceof MountedProvider ? provider[boundOwner] : undefined;
}

/** Throws for what is no target, such as the promise of one. */
function requireTarget(target: { readonly path: readonly StableKey[] }, act: string): void {
  if (Array.isArray((target as Partial<typeof target> | null | undefined)?.path)) {
    if (target instanceof MountedProvider || !(bindTarget in target)) return;
    const { [copyKey]: other } = target as { readonly [copyKey]?: PackageCopy };
    throw otherCopyError(act, `target ${formatPath(target.path)}`, other);
  }
  const got = `${describeValue(target)}${argumentHint(target)}`;
  throw new TypeError(`Cannot ${act}: \`target\` must be a target, got ${got}`);
}

const declareContainer = fn(
  { name: "mountTarget", logicTracking: "none" },
  function declareMounted(target: ContainerDeclaration): void {
    declare(requireFrame("mount a target"), target.path.slice(0, -1), target.path.at(-1)!, target.value);
  },
);

function declare(frame: Frame, path: readonly StableKey[], key: StableKey, value: unknown): void {
  const { host } = frame;
  host.requireOpen("declare a target state");
  const provider = findProvider(frame, path);
  if (value === undefined) {
    throw new TypeError(
      `Cannot declare a target state in ${formatPath(path)}: its value must be defined, got undefined`,
    );
  }
  const keyBytes = encodeKey(key);
  if (!host.declared.add({ provider, key, keyBytes, value })) {
    const what = formatPath([...path, key]);
    throw new TidemarkError(
      "TARGET_CONFLICT",
      `Cannot declare target state ${what} twice in ${host.describe()}: give each state its own key`,
      { facts: { target: what, path: host.path, owner: host.path } },
    );
  }
  frame.call?.declare(provider.id, keyBytes);
  if (path.length > 1) {
    frame.dependencies.addContainer(formatContainerToken(provider.token, provider.inside.generation));
  }
}

function findProvider(frame: Frame, path: readonly StableKey[]): Provider {
  const provider = frame.host.findProvider(path);
  if (provider !== undefined) return provider;
  throw new TidemarkError(
    "TARGET_UNDEFINED",
    `Cannot declare a target state in ${formatPath(path)}: it is not mounted in this run; call \`mountTarget\` first`,
    { facts: { target: formatPath(path) } },
  );
}

/** A queue may run a job in the async context of the component that has called it first: what the job declares is not that one's. */
function requireOwner({ host }: Frame, target: object): void {
  const owner = target instanceof MountedProvider ? target[boundOwner] : undefined;
  if (owner === undefined || host.isWithin(owner)) return;
  throw new TidemarkError(
    "WRONG_CONTEXT",
    `Cannot declare a target state in ${host.describe()}: the target was given to ${owner.describe()}, so its code runs in the ` +
      "async context of another component; pass the job to the queue as `AsyncResource.bind(job)` of node:async_hooks",
    { facts: { path: host.path, owner: owner.describe() } },
  );
}

/** What a {@link MountedProvider} is made of. */
interface MountedProviderOptions {
  readonly path: readonly StableKey[];
  readonly generation: number;
  /** The path with the place as the caller named it, which a store of format 1 has. @default `path` */
  readonly formatOnePath?: readonly StableKey[];
  /** The component that it is given to. */
  readonly owner?: TargetOwner;
}

class MountedProvider implements TargetProvider<never, never>, BindableTarget {
  static readonly [hasNamedKey] = true;
  get [copyKey](): PackageCopy {
    return OWN_COPY;
  }
  readonly path: readonly StableKey[];
  /** The component that it was given to, if any. */
  readonly [boundOwner]: TargetOwner | undefined;
  readonly #generation: number;
  readonly #formatOnePath: readonly StableKey[];

  constructor({ formatOnePath, generation, owner, path }: MountedProviderOptions) {
    this.path = Object.isFrozen(path) ? path : Object.freeze([...path]);
    this[boundOwner] = owner;
    this.#generation = generation;
    this.#formatOnePath = formatOnePath ?? path;
  }

  [formatOneMemoKey](): unknown {
    return ["tidemark/target", Buffer.from(encodePath(this.#formatOnePath)), this.#generation];
  }

  [bindTarget](owner: TargetOwner): MountedProvider {
    const { path } = this;
    return new MountedProvider({ path, owner, generation: this.#generation, formatOnePath: this.#formatOnePath });
  }

  [memoKey](): unknown {
    return ["tidemark/target", Buffer.from(encodePath(this.path)), this.#generation];
  }
}
