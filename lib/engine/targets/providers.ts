import { TidemarkError } from "../../errors.ts";
import { byteString } from "../../state/byte-string.ts";
import { decodePath, encodeKey, encodePath, formatPath, symbolKey } from "../../state/stable-key.ts";
import type { StableKey } from "../../state/stable-key.ts";
import type { AbortGrace } from "../../time/abort-grace.ts";
import { ApplyQueue } from "./apply-queue.ts";
import { CanonicalKeys } from "./canonical-keys.ts";
import { containerToken } from "../records/container-token.ts";
import type { IdSequence } from "../records/id-sequence.ts";
import type { ContainerGeneration, TrackedItem } from "../records/row.ts";
import type { AppRows } from "../records/app-rows.ts";
import { addPlaceKind } from "../records/place-kinds.ts";
import { containerOf } from "../records/container-of.ts";
import { containerAliases, type Aliases } from "./container-aliases.ts";
import { checkHandler, type HandlerKind } from "./check-handler.ts";
import { checkChild } from "./check-answers.ts";
import { isContainerHandler } from "./container-handler.ts";
import type { NamedTarget } from "./state-owners.ts";
import type { AnyHandler, ContainerChange, ContainerChildContext, OwnedStates } from "./target-handler.ts";

/** A handler as one run uses it: with its id in the store, its queue, and the generation of the container around it. */
export interface Provider {
  readonly id: number;
  /** Its name, and the keys of the containers down to it. */
  readonly path: readonly StableKey[];
  readonly handler: AnyHandler;
  readonly queue: ApplyQueue;
  readonly inside: ContainerGeneration;
  /** Names the container in dependencies. */
  readonly token: string;
  /** The other names of its states, where containers of its kind overlap. */
  readonly aliases: Aliases | undefined;
}

/** The key below which the components of mounted containers stand, beside their siblings. */
export const MOUNT_TARGET: StableKey = symbolKey("tidemark/mountTarget");

const NOT_IN_A_CONTAINER: ContainerGeneration = Object.freeze({ generation: 0, recreatedAt: 0 });

/** All handlers that were defined in this process, by name. */
const defined = new Map<string, AnyHandler>();

/**
 * Makes a handler known under a name.
 *
 * @throws TypeError for a wrong handler; TidemarkError `TARGET_NAME_TAKEN`
 */
export function registerHandler(name: string, handler: AnyHandler, kind: HandlerKind): void {
  if (typeof name !== "string" || name === "") throw new TypeError("Cannot define a target: it needs a name");
  checkHandler(`define target "${name}"`, handler, kind);
  if (defined.has(name)) {
    throw new TidemarkError(
      "TARGET_NAME_TAKEN",
      `Cannot define target "${name}": the name is taken; give each target its own`,
    );
  }
  defined.set(name, handler);
  if (handler.keyedBy === "place") addPlaceKind(name);
}

/** The handler that was defined in this process under a name. */
export function definedHandler(name: StableKey): AnyHandler | undefined {
  return typeof name === "string" ? defined.get(name) : undefined;
}

/** The options of {@link Providers}. */
export interface ProvidersOptions {
  /** The project's folder; see {@link TargetChange.root}. */
  readonly root: string;
  /** Whether a target state is on record but not wanted in this run, as far as is known. */
  readonly isLeftOver: (target: NamedTarget, key: StableKey) => boolean;
  /** See {@link ContainerChildContext.whenReleased}. */
  readonly whenReleased: () => Promise<void>;
  /** The target states in a container that have owners. */
  readonly ownedIn: (target: NamedTarget) => OwnedStates;
  /** The grace of the run's calls of `apply`. */
  readonly grace: AbortGrace;
}

/** The providers of one run. */
export class Providers {
  readonly #rows: AppRows;
  readonly #ids: IdSequence;
  readonly #options: ProvidersOptions;
  readonly #open = new Map<string, Provider>();
  readonly #generations = new Map<string, number>();
  /** The present tokens of mounted containers by their former ones. */
  readonly #presentTokens = new Map<string, string>();
  /** An id stands for the same path for ever. */
  readonly #paths = new Map<number, readonly StableKey[]>();
  /** The queues of containers that overlap, by {@link Aliases.outer}. */
  readonly #shared = new Map<string, ApplyQueue>();
  readonly #closed = new Map<number, Provider | undefined>();
  readonly #canonicalKeys: CanonicalKeys;
  #version = 0;

  constructor(rows: AppRows, ids: IdSequence, options: ProvidersOptions) {
    this.#rows = rows;
    this.#ids = ids;
    this.#options = options;
    this.#canonicalKeys = new CanonicalKeys(rows, options.root);
  }

  /** Grows with every container that is mounted. */
  get version(): number {
    return this.#version;
  }

  /** The path of a container or state with its place made canonical, where its kind is keyed by place. */
  canonicalPath(path: readonly StableKey[]): readonly StableKey[] {
    const [name, key, ...inner] = path;
    const handler = defined.get(name as string);
    if (handler?.keyedBy !== "place" || key === undefined) return path;
    const canonical = isContainerHandler(handler)
      ? this.#canonicalKeys.ofContainer(name as string, key)
      : this.#canonicalKeys.ofState(key);
    return canonical === key ? path : Object.freeze([name as string, canonical, ...inner]);
  }

  /** The provider at `path`, if it is there in this run: a defined target, or the inside of a mounted container. */
  find(path: readonly StableKey[]): Provider | undefined {
    const key = keyOf(path);
    const opened = this.#open.get(key);
    if (opened !== undefined || path.length > 1) return opened;
    const handler = defined.get(path[0] as string);
    if (handler === undefined) return undefined;
    return this.#add(key, { path, handler, inside: NOT_IN_A_CONTAINER, aliases: undefined });
  }

  /** The generation of a mounted container, by the name that dependencies use. */
  generationOf(token: string): number | undefined {
    return this.#generations.get(token);
  }

  /** The present token of a mounted container, by that one or a former one. */
  presentToken(token: string): string | undefined {
    return this.#presentTokens.get(token) ?? (this.#generations.has(token) ? token : undefined);
  }

  /** Opens the inside of a container that was applied. */
  openContainer(container: Provider, key: StableKey, desired: unknown, item: TrackedItem): Provider {
    const { handler } = container;
    const path = [...container.path, key];
    const tracking = item.states.at(-1)?.[0];
    const aliases = this.#aliasesOf(handler, path);
    const child = isContainerHandler(handler)
      ? checkChild(path, handler.child({ key, desired, tracking, ...this.#contextOf({ path, aliases }) }))
      : undefined;
    if (child === undefined || item.inside === null) {
      throw new TypeError(`Cannot open container ${formatPath(path)}: its handler must give a \`child\` handler`);
    }
    const provider = this.#add(keyOf(path), { path, handler: child, inside: item.inside, aliases });
    for (const token of this.#tokensOf(provider)) {
      this.#generations.set(token, item.inside.generation);
      if (token !== provider.token) this.#presentTokens.set(token, provider.token);
    }
    this.#version++;
    return provider;
  }

  /**
   * The provider with this id, also where nothing mounts it any more; `undefined` when the removal of a container covers
   * everything in it.
   *
   * @throws TidemarkError `TARGET_UNDEFINED` when no target of that name is defined in this process
   */
  resolve(id: number): Provider | undefined {
    const keys = this.#pathOf(id);
    if (keys === undefined) return undefined;
    const opened = this.find(keys);
    if (opened !== undefined) return opened;
    if (keys.length === 1) throw undefinedTarget(keys[0] as string);
    if (!this.#closed.has(id)) this.#closed.set(id, this.#openClosed(id, keys));
    return this.#closed.get(id);
  }

  /** A container was removed: what was in it cannot be declared any more, until it is mounted again. */
  closeContainer(container: Provider, key: StableKey): void {
    const opened = this.#open.get(keyOf([...container.path, key]));
    if (opened === undefined) return;
    this.#open.delete(keyOf(opened.path));
    for (const token of this.#tokensOf(opened)) this.#generations.delete(token);
    this.#closed.clear();
    this.#version++;
  }

  #tokensOf({ id, token }: Provider): readonly string[] {
    return [token, ...this.#rows.formerTokens(id)];
  }

  #pathOf(id: number): readonly StableKey[] | undefined {
    let path = this.#paths.get(id);
    if (path === undefined) {
      const encoded = this.#rows.providerPath(id);
      if (encoded === undefined) return undefined;
      path = Object.freeze(decodePath(encoded));
      this.#paths.set(id, path);
    }
    return path;
  }

  #openClosed(id: number, path: readonly StableKey[]): Provider | undefined {
    const outerId = this.#rows.providerId(encodePath(path.slice(0, -1)));
    const outer = outerId === undefined ? undefined : this.resolve(outerId);
    const key = path.at(-1)!;
    if (outer === undefined || outerId === undefined || !isContainerHandler(outer.handler)) return undefined;
    const item = containerOf(this.#rows, id)?.item ?? this.#rows.states.givenUp(outerId, encodeKey(key))?.item;
    const tracking = item?.states.findLast((state) => state !== null)?.[0];
    const aliases = this.#aliasesOf(outer.handler, path);
    const context = { key, desired: undefined, tracking, ...this.#contextOf({ path, aliases }) };
    const handler = checkChild(path, outer.handler.child(context));
    if (handler === undefined) return undefined;
    return {
      id,
      path,
      handler,
      queue: this.#queueOf(path, aliases),
      inside: item?.inside ?? NOT_IN_A_CONTAINER,
      token: containerToken(encodePath(path)),
      aliases,
    };
  }

  /** Containers that overlap share a queue: what one of them removes and another one writes is applied in that order. */
  #queueOf(path: readonly StableKey[], aliases: Aliases | undefined): ApplyQueue {
    if (aliases === undefined) return new ApplyQueue(this.#options.grace);
    let queue = this.#shared.get(aliases.outer);
    if (queue === undefined) {
      queue = new ApplyQueue(this.#options.grace);
      this.#shared.set(aliases.outer, queue);
    }
    return queue;
  }

  #aliasesOf(outer: AnyHandler, path: readonly StableKey[]): Aliases | undefined {
    return isContainerHandler(outer) ? containerAliases(outer, path, this.#options.root) : undefined;
  }

  /** Tells which states in the containers that stand in a provider are left over; see {@link ContainerChange.isLeftOver}. */
  leftOversOf({
    handler,
    path: outer,
  }: Provider): Required<Pick<ContainerChange<StableKey, unknown, unknown>, "isLeftOver" | "whenReleased">> {
    const { isLeftOver, whenReleased } = this.#options;
    return {
      isLeftOver: (container, key) => {
        const path = [...outer, container];
        return isLeftOver({ path, aliases: this.#aliasesOf(handler, path) }, key);
      },
      whenReleased,
    };
  }

  #contextOf(
    target: NamedTarget,
  ): Omit<ContainerChildContext<StableKey, unknown, unknown>, "desired" | "key" | "tracking"> {
    const { isLeftOver, ownedIn, root, whenReleased } = this.#options;
    return { root, isLeftOver: (key) => isLeftOver(target, key), whenReleased, owned: ownedIn(target) };
  }

  #add(key: string, opened: Pick<Provider, "aliases" | "handler" | "inside" | "path">): Provider {
    const { path } = opened;
    const id = this.#ids.providerId(encodePath(path));
    const queue = this.#open.get(key)?.queue ?? this.#queueOf(path, opened.aliases);
    const provider = { ...opened, id, queue, token: containerToken(encodePath(path)) };
    this.#open.set(key, provider);
    return provider;
  }
}

/** The keys of paths that cannot change: the path of a mounted target is asked for at each declaration. */
const keys = new WeakMap<readonly StableKey[], string>();

function keyOf(path: readonly StableKey[]): string {
  const opened = keys.get(path);
  if (opened !== undefined) return opened;
  const key = byteString(encodePath(path));
  if (Object.isFrozen(path)) keys.set(path, key);
  return key;
}

function undefinedTarget(name: string): TidemarkError {
  return new TidemarkError(
    "TARGET_UNDEFINED",
    `Cannot remove target states of "${name}": no target of that name is defined; import the module that defines it`,
    { facts: { name } },
  );
}
