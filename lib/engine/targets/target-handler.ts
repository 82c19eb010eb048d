import type { StableKey } from "../../state/stable-key.ts";
import type { InspectedState, InspectionResult, InspectContext } from "./target-inspection.ts";

/** One difference between what a component declares and what its records say is outside. */
export interface TargetChange<Key extends StableKey, Value, Tracking> {
  readonly key: Key;
  /** What should exist; `undefined` when nothing should. */
  readonly desired: Value | undefined;
  /** What may be outside now, from our own records: one entry at rest, several after an interrupted run, none for a new key. */
  readonly previous: readonly Tracking[];
  /** Whether it may also be that nothing is outside, or that the records cannot be trusted: do not skip the write then. */
  readonly mayBeMissing: boolean;
  /**
   * Whether the machine was restarted while it was uncertain what is outside: a write that was not flushed to disk may have left an empty
   * thing there, or one that holds zeros. Of a state to be removed only. @default false
   */
  readonly mayBeTorn?: boolean;
  /** The absolute path of the project's folder: a key that is a place below it is relative to it. */
  readonly root: string;
}

/** One difference between a container as it is declared and as its records say. */
export interface ContainerChange<Key extends StableKey, Value, Tracking> extends TargetChange<Key, Value, Tracking> {
  /** The records of other apps that have mounted the same container: apps share containers, and the last one removes it. */
  readonly shared?: readonly Tracking[];
  /**
   * Whether the state that has a key in a container of this kind is our own, and not wanted any more as far as this run knows: it may
   * then be removed to make room for the container.
   */
  readonly isLeftOver?: (container: StableKey, childKey: StableKey) => boolean;
  /** As {@link ContainerChildContext.whenReleased}. */
  readonly whenReleased?: () => Promise<void>;
}

/** Another name of a target state: its key in another container, which the same outside thing is reached through. */
export interface TargetAlias<Key extends StableKey, ChildKey extends StableKey> {
  readonly container: Key;
  readonly key: ChildKey;
}

/** What a handler wants done for one change. */
export interface TargetDecision<Tracking, Action> {
  readonly action: Action;
  /** What to remember once the action is done: plain data; `undefined` when nothing is outside any more. */
  readonly tracking: Tracking | undefined;
}

/** What `apply` is told besides the actions. */
export interface ApplyContext {
  /**
   * Aborted when the run is to end: by its caller, by the close of its environment, because it has failed, or some time after a live run
   * was stopped. Give it to everything that is waited for, and throw its reason. A call that has not ended 500 ms after the abort is
   * abandoned: the run ends without it, and the next run writes its states again. So have every request end by a time limit as well:
   * `fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]) })`.
   */
  readonly signal: AbortSignal;
}

/**
 * How target states of one kind are brought about. `reconcile` decides and writes nothing; `apply` writes.
 *
 * A crash can fall between any two steps, so every action must be idempotent: it may be applied again, and `previous`
 * then names every state that could be outside.
 */
export interface TargetHandler<
  Key extends StableKey = StableKey,
  Value = unknown,
  Tracking = unknown,
  Action = unknown,
> {
  /**
   * `"place"` when each key is a path of the file system, or an array that begins with one. Tidemark makes such a key canonical before it
   * uses it: relative to the project's root with "/" between the names, or an absolute path without links for a place outside of the root.
   * A name with a scheme, such as `"memory:x"`, stays as it is and counts as outside, as the states of all other targets do.
   */
  readonly keyedBy?: "place";
  /**
   * Whether the writes of `apply` survive a power cut. The states of other handlers with an `inspect` are inspected by the first update
   * after the machine was restarted, as far as they were written before it. @default false
   */
  readonly isDurable?: boolean;
  /**
   * Decides, synchronously and without I/O, what one change needs; `undefined` when the outside is as desired already.
   * What it throws fails the component that declared the state, and no other.
   */
  reconcile(change: TargetChange<Key, Value, Tracking>): TargetDecision<Tracking, Action> | undefined;
  /**
   * Carries out a batch, in order. Batches of one handler run one after another; the actions of many components share one.
   * When a batch throws, it is tried again component by component, so that only the components whose actions throw fail.
   *
   * A batch may begin while one that an aborted run has abandoned is still at work; see {@link ApplyContext.signal}.
   *
   * ```ts
   * async apply(actions, { signal }) {
   *   for (const { url, body } of actions) {
   *     const limited = AbortSignal.any([signal, AbortSignal.timeout(30_000)]);
   *     const response = await fetch(url, { method: "PUT", body, signal: limited });
   *     if (!response.ok) throw new Error(`Cannot write ${url}: the server answered ${response.status}`);
   *   }
   * }
   * ```
   */
  apply(actions: readonly Action[], context: ApplyContext): void | Promise<void>;
  /**
   * Compares target states with their records, and answers with one result for each state, in order. It reads only, and creates nothing.
   * It serves `tidemark doctor --targets`, which reports the states of a handler without it as not checked, and the first update after the
   * machine was restarted; see {@link isDurable}.
   */
  inspect?(
    states: readonly InspectedState<Key, Tracking>[],
    options: InspectContext,
  ): readonly InspectionResult[] | Promise<readonly InspectionResult[]>;
}

/**
 * What became of a container: `"kept"` (what it holds is as recorded), `"altered"` (what it holds may have lost
 * something: every state in it is written again) or `"recreated"` (it is empty: records of what it held are void).
 */
export type ContainerState = "kept" | "altered" | "recreated";

/** The target states in a container that have owners, of whichever component and app. */
export interface OwnedStates {
  /** Whether the state with a key has an owner that does not remove it. */
  has(childKey: StableKey): boolean;
  /** Lists the keys of the states that have owners. */
  keys(): Iterable<StableKey>;
}

/** What is known of a container when its inside is opened. */
export interface ContainerChildContext<Key extends StableKey, Value, Tracking> {
  readonly key: Key;
  /** The value it was declared with in this run; `undefined` when it is not mounted and only deletions can follow. */
  readonly desired: Value | undefined;
  /** Its newest record; `undefined` when the container itself is gone. */
  readonly tracking: Tracking | undefined;
  /** As {@link TargetChange.root}. */
  readonly root: string;
  /**
   * Whether what is under a key inside is our own, and not wanted any more as far as this run knows: it may then be removed to make
   * room before its removal has been decided. If it turns out to be wanted after all, its component fails or writes it again.
   */
  readonly isLeftOver: (childKey: StableKey) => boolean;
  /**
   * Resolves when the store knows of each state that `isLeftOver` has allowed to remove. Nothing is to be removed before: after a crash its
   * owner would be taken for unchanged.
   */
  readonly whenReleased?: () => Promise<void>;
  /** The states inside that components have and are not about to remove: for a handler under which one thing can have two keys. */
  readonly owned?: OwnedStates;
}

/** A handler whose target states hold others, such as a folder or a table. */
export interface ContainerHandler<
  Key extends StableKey = StableKey,
  Value = unknown,
  Tracking = unknown,
  Action = unknown,
  ChildKey extends StableKey = StableKey,
  ChildValue = unknown,
> {
  /**
   * As {@link TargetHandler.keyedBy}; the states inside have the place of their container. A container that is reached by another name of the
   * same file or folder has the key under which it is on record.
   */
  readonly keyedBy?: "place";
  /** As {@link TargetHandler.isDurable}. */
  readonly isDurable?: boolean;
  /** As {@link TargetHandler.reconcile}, but a desired container needs an action in every run, which makes sure that it exists. */
  reconcile(change: ContainerChange<Key, Value, Tracking>): TargetDecision<Tracking, Action> | undefined;
  /** As {@link TargetHandler.apply}; gives one state for each action, in order (`"kept"` for a removal). */
  apply(
    actions: readonly Action[],
    context: ApplyContext,
  ): readonly ContainerState[] | Promise<readonly ContainerState[]>;
  /** As {@link TargetHandler.inspect}, of the containers themselves. */
  inspect?(
    states: readonly InspectedState<Key, Tracking>[],
    options: InspectContext,
  ): readonly InspectionResult[] | Promise<readonly InspectionResult[]>;
  /** The handler of what is inside; `undefined` when the container's own removal covers everything in it. */
  child(context: ContainerChildContext<Key, Value, Tracking>): AnyHandler<ChildKey, ChildValue> | undefined;
  /**
   * Lists the other names of the state that has a key in a container, where containers of this kind overlap: a file in the folder `a/b`
   * is also one in the folder `a`. A state has one owner, under whichever name it is declared. By default, containers are disjoint.
   */
  aliases?(name: TargetAlias<Key, ChildKey> & { readonly root: string }): Iterable<TargetAlias<Key, ChildKey>>;
}

/** A handler or a container handler, its records and actions being its own affair. */
export type AnyHandler<Key extends StableKey = StableKey, Value = unknown> =
  // eslint-disable-next-line typescript/no-explicit-any -- records and actions are opaque to everybody but the handler
  TargetHandler<Key, Value, any, any> | ContainerHandler<Key, Value, any, any, any, any>;
