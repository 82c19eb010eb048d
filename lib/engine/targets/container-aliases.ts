import { byteString } from "../../state/byte-string.ts";
import { encodePath, type StableKey } from "../../state/stable-key.ts";
import type { ContainerHandler } from "./target-handler.ts";

/** The other names of the states in one container; see {@link ContainerHandler.aliases}. */
export interface Aliases {
  /** The path of the provider that the container is in, as a byte string. */
  readonly outer: string;
  /** Lists the other names of the state with a key: the path of a provider, and the key there. */
  of(key: StableKey): Iterable<{ readonly path: readonly StableKey[]; readonly key: StableKey }>;
}

/** Returns the other names of the states in the container at `path`; `undefined` where its handler knows of none. */
export function containerAliases(
  handler: ContainerHandler,
  path: readonly StableKey[],
  root: string,
): Aliases | undefined {
  if (handler.aliases === undefined) return undefined;
  const outer = path.slice(0, -1);
  const container = path.at(-1)!;
  return {
    outer: byteString(encodePath(outer)),
    *of(key) {
      for (const alias of handler.aliases?.({ container, key, root }) ?? []) {
        yield { path: [...outer, alias.container], key: alias.key };
      }
    },
  };
}
