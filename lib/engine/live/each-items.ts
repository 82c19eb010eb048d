import { appendKey } from "../../state/stable-key.ts";
import type { StableKey } from "../../state/stable-key.ts";
import type { FunctionInfo } from "../memo/function-info.ts";
import { SharedArguments } from "../memo/shared-arguments.ts";
import type { LiveChild } from "./live-children.ts";

/** The children that one `mountEach` makes of the items of a feed. */
export class EachItems {
  readonly #info: FunctionInfo;
  readonly #args: readonly unknown[];
  readonly #path: Uint8Array;
  readonly #shared: SharedArguments | undefined;

  /** `path` is the encoded path below the component, to which the key of each item is added. */
  constructor(info: FunctionInfo, args: readonly unknown[], path: Uint8Array) {
    this.#info = info;
    this.#args = args;
    this.#path = path;
    this.#shared = info.isMemoized ? new SharedArguments(info, args) : undefined;
  }

  /** Returns the child for an item. */
  childOf(key: StableKey, value: unknown): LiveChild {
    return { path: this.pathOf(key), info: this.#info, args: [value, ...this.#args], shared: this.#shared };
  }

  /** Returns the encoded path of the item with this key. */
  pathOf(key: StableKey): Uint8Array {
    return appendKey(this.#path, key);
  }
}
