import type { StableKey } from "../../state/stable-key.ts";
import type { Provider } from "./providers.ts";

/** A target state that a component declares in this run. */
export interface DeclaredState {
  readonly provider: Provider;
  readonly key: StableKey;
  /** The encoded key. */
  readonly keyBytes: Uint8Array;
  readonly value: unknown;
}
