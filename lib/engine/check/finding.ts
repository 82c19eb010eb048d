import type { StateChange } from "../../state/store.ts";
import type { TrackedItem } from "../records/row.ts";

/** The kinds of problems: each breaks an invariant of the store; see docs/store.md. */
export type ProblemKind =
  | "broken-target"
  | "damaged-row"
  | "duplicate-id"
  | "edited-state"
  | "failed-inspection"
  | "hidden-calls"
  | "hidden-children"
  | "low-sequence"
  | "missing-state"
  | "orphan-calls"
  | "orphan-component"
  | "orphan-states"
  | "owned-given-up"
  | "repeated-state"
  | "shared-app-id"
  | "stale-deletion"
  | "unknown-target"
  | "unlisted-app"
  | "unowned-state"
  | "unreadable-store"
  | "untracked-state"
  | "wrong-key"
  | "wrong-place";

/** The kinds of notes: states that are normal, and worth knowing. */
export type NoteKind = "given-up" | "later-version" | "pending-deletion";

/** One observation of a check. */
export interface Finding {
  readonly kind: NoteKind | ProblemKind;
  /** The name of the app; `undefined` for the store as a whole. */
  readonly app: string | undefined;
  /** The id of the app, which may be missing in the list of apps. */
  readonly appId?: number;
  /** The path of a component, a target state, or a kind of rows. */
  readonly subject: string;
  /** The observation as a clause that follows the subject. */
  readonly message: string;
  /** Makes the store sound again; `undefined` where a repair would lose records that only a backup has. */
  readonly repair?: Repair | undefined;
}

/** Changes of rows that make one finding good. */
export interface Repair {
  readonly changes: readonly StateChange[];
  /** Target states without an owner: they are removed outside where they are as recorded, else given up. */
  readonly orphans?: readonly OrphanState[];
  /** A target state that may be missing outside: its component runs again and writes it. */
  readonly uncertain?: { readonly id: number; readonly item: TrackedItem };
  /** A component that runs again in the next update; with every repair, all components that have children do. */
  readonly rerun?: number;
}

/** A target state that no component owns any more, with the name and the encoded path of its last owner. */
export interface OrphanState {
  readonly item: TrackedItem;
  readonly name: string;
  readonly path: Uint8Array;
}
