import type { StableKey } from "../../state/stable-key.ts";
import type { StateChange } from "../../state/store.ts";
import type { CallResults } from "../memo/call-results.ts";
import type { CallRow } from "../records/row.ts";
import type { DeclaredStates } from "../targets/declared-states.ts";
import type { TargetOwner } from "../targets/bind-targets.ts";
import type { Provider } from "../targets/providers.ts";

/**
 * Everything that the code of a component's function needs of the engine, mounts and stats groups apart: memoized calls, declarations
 * and `map`. In the process of the run, the component itself is the host.
 */
export interface BodyHost {
  /** The component's path as text, for messages. */
  readonly path: string;
  /** The absolute path of the project's folder. */
  readonly root: string;
  /** The most calls that `map` runs at once. */
  readonly maxConcurrency: number;
  /** The target states that the body has declared. */
  readonly declared: DeclaredStates;
  /** The memoized calls of the body. */
  readonly calls: CallResults;
  /** Returns the name and the path of the component, for messages. */
  describe(): string;
  /**
   * Throws unless the body can still mount and declare; `act` says what it wants to do, for the error.
   *
   * @throws TidemarkError `COMPONENT_CLOSED` when its function has ended; the abort reason of an aborted run
   */
  requireOpen(act: string): void;
  /** Throws the abort reason of an aborted run. */
  throwIfAborted(): void;
  /** Returns the path of a container or state in the form in which the store has it; see {@link TargetHandler.keyedBy}. */
  canonicalPath(path: readonly StableKey[]): readonly StableKey[];
  /** Finds the provider at a path: a defined target, or the inside of a container that is mounted in this run. */
  findProvider(path: readonly StableKey[]): Provider | undefined;
  /** Whether the component is `owner` or one below it. */
  isWithin(owner: TargetOwner): boolean;
  /** Whether the component owns a target state. */
  ownsTarget(providerId: number, key: Uint8Array): boolean;
  /** Whether all logic and all container generations that a memo depended on are still current. */
  holds(dependencies: string): boolean;
  /** Returns dependencies that Tidemark 0.1 has stored as this version stores them. */
  translate(dependencies: string): string;
  /** Whether the stored results of memoized calls are those of Tidemark 0.1, with its fingerprints. */
  readonly hasFormatOneCalls: boolean;
  /** Reads the stored result of a memoized call; `undefined` when everything is to be reprocessed. */
  storedCall(fingerprint: Uint8Array): CallRow | undefined;
  /** Returns the change that stores the result of a memoized call. */
  putCall(row: CallRow): StateChange;
}
