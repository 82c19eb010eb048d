import { TidemarkError } from "../errors.ts";
import { encodeKey, encodePath, formatPath } from "../state/stable-key.ts";
import type { StableKey } from "../state/stable-key.ts";
import { requireFrame, type Frame } from "./run/frame.ts";
import { fn } from "./function.ts";
import { formatContainerToken } from "./memo/logic.ts";
import { hasNamedKey, memoKey, type Memoizable } from "./memo/memoizable.ts";
import { useMount } from "./mount.ts";
import { MOUNT_TARGET, registerHandler, type Provider } from "./targets/providers.ts";
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
 * @throws TidemarkError `TARGET_NAME_TAKEN`
 */
export function defineTarget<Key extends StableKey, Value, Tracking, Action>(
  name: string,
  handler: TargetHandler<Key, Value, Tracking, Action>,
): TargetProvider<Key, Value> {
  registerHandler(name, handler);
  return new MountedProvider([name], 0);
}

/**
 * Defines a kind of container: a target state that holds others. As for {@link defineTarget}, the name must stay the same.
 *
 * @throws TidemarkError `TARGET_NAME_TAKEN`
 */
export function defineContainer<Key extends StableKey, Value, Tracking, Action, ChildKey extends StableKey, ChildValue>(
  name: string,
  handler: ContainerHandler<Key, Value, Tracking, Action, ChildKey, ChildValue>,
): ContainerKind<Key, Value, ChildKey, ChildValue> {
  registerHandler(name, handler);
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
  const { host } = requireFrame("mount a target");
  const subpath = componentSubpath(MOUNT_TARGET, target.path);
  await useMount(subpath, declareContainer, target);
  const provider = host.findProvider(target.path)!;
  return new MountedProvider(target.path, provider.inside.generation);
}

/**
 * Declares that under `key` there should be `value`. The engine compares it with what the component declared in earlier runs, and has
 * the target's handler do what is needed once the component has succeeded; what it no longer declares is removed.
 *
 * @throws TidemarkError `TARGET_CONFLICT` when the component has declared it already
 */
export function declareTargetState<Key extends StableKey, Value>(
  target: TargetProvider<Key, Value>,
  key: Key,
  value: Value,
): void {
  declare(requireFrame("declare a target state"), target.path, key, value);
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

class MountedProvider implements TargetProvider<never, never> {
  static readonly [hasNamedKey] = true;
  readonly path: readonly StableKey[];
  readonly #generation: number;

  constructor(path: readonly StableKey[], generation: number) {
    this.path = Object.freeze([...path]);
    this.#generation = generation;
  }

  [memoKey](): unknown {
    return ["tidemark/target", Buffer.from(encodePath(this.path)), this.#generation];
  }
}
