import { appendKey } from "../../state/stable-key.ts";
import type { StableKey } from "../../state/stable-key.ts";
import type { FunctionInfo } from "../memo/function-info.ts";
import { SharedArguments } from "../memo/shared-arguments.ts";
import { requireSettledValue } from "../sources/mount-items.ts";
import type { LiveChild } from "./live-children.ts";

/** The children that one `mountEach` makes of the items of a feed. */
export class EachItems {
  readonly #info: FunctionInfo;
  readonly #args: readonly unknown[];
  readonly #path: Uint8Array;
  readonly #shared: SharedArguments | undefined;

  /** `path` is the encoded path below the component, to which the key of each item is added; `root` is the project's folder. */
  constructor(info: FunctionInfo, args: readonly unknown[], path: Uint8Array, root: string) {
    this.#info = info;
    this.#args = args;
    this.#path = path;
    this.#shared = info.isMemoized ? new SharedArguments(info, args, root) : undefined;
  }

  /** The name of the component function. */
  get name(): string {
    return this.#info.name;
  }

  /** Returns the child for an item. */
  childOf(key: StableKey, value: unknown): LiveChild {
    requireSettledValue(value);
    return { path: this.pathOf(key), info: this.#info, args: [value, ...this.#args], shared: this.#shared };
  }

  /** Returns the encoded path of the item with this key. */
  pathOf(key: StableKey): Uint8Array {
    return appendKey(this.#path, key);
  }
}
