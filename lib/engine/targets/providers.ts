import { hash } from "node:crypto";
import { TidemarkError } from "../../errors.ts";
import { byteString } from "../../state/byte-string.ts";
import { decodePath, encodeKey, encodePath, formatPath, symbolKey } from "../../state/stable-key.ts";
import type { StableKey } from "../../state/stable-key.ts";
import { ApplyQueue } from "./apply-queue.ts";
import type { IdSequence } from "../records/id-sequence.ts";
import type { ContainerGeneration, TrackedItem } from "../records/row.ts";
import type { AppRows } from "../records/app-rows.ts";
import type { AnyHandler, ContainerHandler } from "./target-handler.ts";

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
}

/** The key below which the components of mounted containers stand, beside their siblings. */
export const MOUNT_TARGET: StableKey = symbolKey("tidemark/mountTarget");

const NOT_IN_A_CONTAINER: ContainerGeneration = Object.freeze({ generation: 0, recreatedAt: 0 });

/** All handlers that were defined in this process, by name. */
const defined = new Map<string, AnyHandler>();

/**
 * Makes a handler known under a name.
 *
 * @throws TidemarkError `TARGET_NAME_TAKEN`
 */
export function registerHandler(name: string, handler: AnyHandler): void {
  if (typeof name !== "string" || name === "") throw new TypeError("Cannot define a target: it needs a name");
  for (const method of ["reconcile", "apply"] as const) {
    if (typeof handler[method] !== "function") {
      throw new TypeError(`Cannot define target "${name}": its handler must have the method \`${method}\``);
    }
  }
  if (defined.has(name)) {
    throw new TidemarkError(
      "TARGET_NAME_TAKEN",
      `Cannot define target "${name}": the name is taken; give each target its own`,
    );
  }
  defined.set(name, handler);
}

/** Whether a handler's target states hold others. */
export function isContainerHandler(handler: AnyHandler): handler is ContainerHandler {
  return "child" in handler;
}

/** The providers of one run. */
export class Providers {
  readonly #rows: AppRows;
  readonly #ids: IdSequence;
  readonly #isLeftOver: (providerId: number, key: Uint8Array) => boolean;
  readonly #open = new Map<string, Provider>();
  readonly #generations = new Map<string, number>();
  /** An id stands for the same path for ever. */
  readonly #paths = new Map<number, readonly StableKey[]>();
  readonly #closed = new Map<number, Provider | undefined>();
  #version = 0;

  /** `isLeftOver` tells whether a target state is on record but not wanted in this run, as far as is known. */
  constructor(rows: AppRows, ids: IdSequence, isLeftOver: (providerId: number, key: Uint8Array) => boolean) {
    this.#rows = rows;
    this.#ids = ids;
    this.#isLeftOver = isLeftOver;
  }

  /** Grows with every container that is mounted. */
  get version(): number {
    return this.#version;
  }

  /** The provider at `path`, if it is there in this run: a defined target, or the inside of a mounted container. */
  find(path: readonly StableKey[]): Provider | undefined {
    const key = keyOf(path);
    const opened = this.#open.get(key);
    if (opened !== undefined || path.length > 1) return opened;
    const handler = defined.get(path[0] as string);
    if (handler === undefined) return undefined;
    return this.#add(key, path, handler, NOT_IN_A_CONTAINER);
  }

  /** The generation of a mounted container, by the name that dependencies use. */
  generationOf(token: string): number | undefined {
    return this.#generations.get(token);
  }

  /** The present token of a mounted container, by the token that Tidemark 0.1 gave it: the same. */
  presentToken(formatOneToken: string): string | undefined {
    return this.#generations.has(formatOneToken) ? formatOneToken : undefined;
  }

  /** Opens the inside of a container that was applied. */
  openContainer(container: Provider, key: StableKey, desired: unknown, item: TrackedItem): Provider {
    const { handler } = container;
    const path = [...container.path, key];
    const tracking = item.states.at(-1)?.[0];
    const child = isContainerHandler(handler)
      ? handler.child({ key, desired, tracking, isLeftOver: this.#leftOversIn(path) })
      : undefined;
    if (child === undefined || item.inside === null) {
      throw new TypeError(`Cannot open container ${formatPath(path)}: its handler must give a \`child\` handler`);
    }
    const provider = this.#add(keyOf(path), path, child, item.inside);
    this.#generations.set(provider.token, item.inside.generation);
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
    this.#generations.delete(opened.token);
    this.#closed.clear();
    this.#version++;
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
    const item = this.#item(outerId, encodeKey(key));
    const tracking = item?.states.findLast((state) => state !== null)?.[0];
    const handler = outer.handler.child({ key, desired: undefined, tracking, isLeftOver: this.#leftOversIn(path) });
    if (handler === undefined) return undefined;
    return {
      id,
      path,
      handler,
      queue: new ApplyQueue(),
      inside: item?.inside ?? NOT_IN_A_CONTAINER,
      token: tokenOf(path),
    };
  }

  #leftOversIn(path: readonly StableKey[]): (key: StableKey) => boolean {
    const id = this.#ids.providerId(encodePath(path));
    return (key) => this.#isLeftOver(id, encodeKey(key));
  }

  #item(providerId: number, key: Uint8Array): TrackedItem | undefined {
    const owner = this.#rows.owner(providerId, key);
    const items = owner === undefined ? [] : (this.#rows.tracking(owner)?.items ?? []);
    return items.find((item) => item.providerId === providerId && Buffer.compare(item.key, key) === 0);
  }

  #add(key: string, path: readonly StableKey[], handler: AnyHandler, inside: ContainerGeneration): Provider {
    const id = this.#ids.providerId(encodePath(path));
    const queue = this.#open.get(key)?.queue ?? new ApplyQueue();
    const provider = { id, path, handler, queue, inside, token: tokenOf(path) };
    this.#open.set(key, provider);
    return provider;
  }
}

function tokenOf(path: readonly StableKey[]): string {
  return hash("sha256", encodePath(path), "base64url").slice(0, 16);
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
