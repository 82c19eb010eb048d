import { isPromise } from "node:util/types";
import { argumentHint } from "../../options/argument-hint.ts";
import { describeValue } from "../../options/describe-value.ts";
import { encodeKey } from "../../state/stable-key.ts";
import type { StableKey } from "../../state/stable-key.ts";
import { requireFrame } from "./frame.ts";

/** Where to mount: a subpath, or one key. */
export type MountPath = ComponentSubpath | StableKey;

/** A piece of path; made by {@link componentSubpath}. */
export class ComponentSubpath implements Disposable {
  readonly keys: readonly StableKey[];

  constructor(keys: readonly StableKey[]) {
    for (const key of keys) encodeKey(key);
    this.keys = Object.freeze([...keys]);
  }

  /** Runs `body`; what it mounts stands below this path. */
  run<T>(body: () => T): T {
    const frame = requireFrame("open a component subpath");
    return frame.within({ subpath: [...frame.scope.subpath, ...this.keys] }, body);
  }

  /**
   * Closes what `using` opened. A `using` declaration reads this method when it is reached and calls it when its block
   * ends: reading opens the path.
   */
  get [Symbol.dispose](): () => void {
    const frame = requireFrame("open a component subpath");
    return frame.open({ subpath: [...frame.scope.subpath, ...this.keys] }, "a component subpath");
  }
}

/**
 * Names a place in the tree of components. `componentSubpath("a").run(body)` puts everything that `body` mounts below `a`; so does
 * `using _ = componentSubpath("a")` for the rest of its block; `mount(componentSubpath("a"), fn)` mounts one component there.
 *
 * @throws TypeError for a key that is no {@link StableKey}
 */
export function componentSubpath(...keys: readonly StableKey[]): ComponentSubpath {
  if (keys.length === 0) throw new TypeError("Cannot make a component subpath: it needs at least one key");
  return new ComponentSubpath(keys);
}

/** The keys of a place given in either form. */
export function subpathKeys(path: MountPath): readonly StableKey[] {
  if (path instanceof ComponentSubpath) return path.keys;
  if (path !== undefined && !isPromise(path)) return [path];
  throw new TypeError(
    `Cannot use a subpath: it must be a key or a subpath, got ${describeValue(path)}${argumentHint(path)}`,
  );
}
