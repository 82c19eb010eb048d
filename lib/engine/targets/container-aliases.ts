import { byteString } from "../../state/byte-string.ts";
import { encodePath, type StableKey } from "../../state/stable-key.ts";
import { checkAliases } from "./check-answers.ts";
import type { ContainerHandler, TargetAlias } from "./target-handler.ts";

/** The other names of the states in one container; see {@link ContainerHandler.aliases}. */
export interface Aliases {
  /** The path of the provider that the container is in, as a byte string. */
  readonly outer: string;
  /** Lists the other names of the state with a key. */
  of(key: StableKey): Iterable<TargetAlias<StableKey, StableKey>>;
}

/** Returns the other names of the states in the container at `path`; `undefined` where its handler knows of none. */
export function containerAliases(
  handler: ContainerHandler,
  path: readonly StableKey[],
  root: string,
): Aliases | undefined {
  if (handler.aliases === undefined) return undefined;
  const container = path.at(-1)!;
  return {
    outer: byteString(encodePath(path.slice(0, -1))),
    of: (key) => checkAliases([...path, key], handler.aliases?.({ container, key, root }) ?? []),
  };
}
