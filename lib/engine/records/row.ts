import type { RowFormat } from "./row-envelope.ts";

/** The id of the root component of every app. */
export const ROOT_ID = 0;

/** A component's memo: valid while its fingerprint, dependencies and states are. */
export interface MemoRow {
  /** The format of the store in which the memo was made: Tidemark 0.1 computed the fingerprints of format 1. */
  readonly format: RowFormat;
  readonly fingerprint: Uint8Array;
  readonly dependencies: string;
  readonly states: readonly unknown[];
  /** The value the function returned, in an array of one; empty when the value cannot be stored. */
  readonly value: readonly unknown[];
}

/** A component, as its parent knows it. */
export interface ChildRow {
  readonly id: number;
  /** The name of its function when it last succeeded, or the name it was mounted with. */
  readonly name: string;
  /** Whether it ever mounted a component. */
  readonly hasChildren: boolean;
  /** Whether answers of memoized calls are stored for it. */
  readonly hasCalls: boolean;
  /** Its path below the parent; only kept here when it is too long for a key. */
  readonly longPath: Uint8Array | null;
  readonly memo: MemoRow | null;
}

/** One target state that a component brought about. */
export interface TrackedItem {
  readonly providerId: number;
  /** The encoded key. */
  readonly key: Uint8Array;
  /** The generation of the container it was written into. */
  readonly generation: number;
  /** What may be outside: one state at rest, several after an interruption. */
  readonly states: readonly PossibleState[];
  /** The generations of what is inside, for a container. */
  readonly inside: ContainerGeneration | null;
}

/** A target state under the name by which its owner knows it: of another app, in another container, or both. */
export interface StateName {
  readonly appId: number;
  readonly providerId: number;
  /** The encoded key. */
  readonly key: Uint8Array;
}

/**
 * The reason why a target state was given up without being removed: it is outside of the root of a store that was copied or moved, or,
 * in one that was copied, of a target that was not defined, so that its place could not be told; or no component owned it any more, and it
 * was not as recorded (`"unproven"`).
 */
export type GiveUpReason = "copied" | "moved" | "undefined" | "unproven";

/** A target state that was given up: no component owns it, and it may still be outside. */
export interface GivenUpRow {
  readonly item: TrackedItem;
  readonly reason: GiveUpReason;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  /** The name and the path, as text, of the component that owned it. */
  readonly name: string;
  readonly path: string;
}

/** The record of something that may be outside, in an array of one; `null` stands for nothing. */
export type PossibleState = readonly [unknown] | null;

/** The generation of a container's content: what was written into an earlier one is to be written again. */
export interface ContainerGeneration {
  readonly generation: number;
  /** What was written before this one is gone. */
  readonly recreatedAt: number;
}

/** What a component has outside, and where it stands in the tree. */
export interface TrackingRow {
  readonly name: string;
  /** The ids of the components above it, from the root. */
  readonly ancestors: readonly number[];
  /** Its whole path, encoded. */
  readonly path: Uint8Array;
  readonly items: readonly TrackedItem[];
}

/** The stored answer of a memoized call inside a component. */
export interface CallRow extends MemoRow {
  /** The target states that were declared in it. */
  readonly declared: readonly (readonly [providerId: number, key: Uint8Array])[];
  /** Whether the answer is to be given as a promise. */
  readonly isAsync: boolean;
}

/** Where a component stands whose deletion is pending. */
export interface PendingDeletionRow {
  /** The encoded path below the parent. */
  readonly path: Uint8Array;
  /** The ids of the components above it, from the root. */
  readonly ancestors: readonly number[];
  /** The whole path of the parent, encoded. */
  readonly parentPath: Uint8Array;
}
