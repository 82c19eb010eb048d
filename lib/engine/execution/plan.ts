import { isDeepStrictEqual } from "node:util";
import { TidemarkError } from "../../errors.ts";
import { decodeKey, decodePath, formatPath } from "../../state/stable-key.ts";
import type { StableKey } from "../../state/stable-key.ts";
import type { StateChange } from "../../state/store.ts";
import { containerOf } from "../records/container-of.ts";
import type { PossibleState, TrackedItem, TrackingRow, UnflushedWrite } from "../records/row.ts";
import { findItem } from "../records/tracked-item.ts";
import type { Component } from "../run/component.ts";
import { isStateKept } from "../run/kept-state.ts";
import type { Run } from "../run/run.ts";
import { checkDecision } from "../targets/check-answers.ts";
import { isContainerHandler } from "../targets/container-handler.ts";
import type { DeclaredState } from "../targets/declared-states.ts";
import type { Provider } from "../targets/providers.ts";
import { stateKey } from "../targets/state-key.ts";
import { giveUp } from "../targets/give-up.ts";
import { whereabouts } from "../targets/outside-states.ts";
import { statePath } from "../targets/recorded-states.ts";
import { otherOwners } from "../targets/state-owners.ts";
import type { ContainerChange, TargetChange, TargetDecision } from "../targets/target-handler.ts";
import { claimState, requireOwned } from "./claim.ts";

/** One action, with what is on record before it is applied and after. */
export interface PlannedAction {
  readonly provider: Provider;
  readonly action: unknown;
  /** The item as long as it is uncertain whether the action was applied. */
  readonly during: TrackedItem;
  /** The item once it was; `undefined` when nothing is outside then. */
  readonly after: TrackedItem | undefined;
  /** Whether it was not sure, before this run, what was outside. */
  readonly wasUncertain: boolean;
  /** Whether there was any record of it. */
  readonly hadRecords: boolean;
  readonly isRemoval: boolean;
  /** What a container was declared as; `undefined` for a removal or for what is no container. */
  readonly opens: { readonly key: StableKey; readonly value: unknown } | undefined;
}

/** Names a target state. */
type StateName = Pick<TrackedItem, "providerId" | "key">;

/** The actions on the outside that one component needs. */
export interface Plan {
  readonly actions: readonly PlannedAction[];
  /** The items that stay as they are. */
  readonly kept: readonly TrackedItem[];
  /** Claims of target states that were not the component's before. */
  readonly claims: readonly StateChange[];
  /** The states that leave the records at the end; see {@link disown}. */
  readonly disowned: readonly StateName[];
  /** The states that are left to other owners, of which the component lets go at once; see {@link disown}. */
  readonly released: readonly StateName[];
  /** The states that are given up, because nothing may be removed outside of the root. */
  readonly givenUp: readonly TrackedItem[];
  /** What is on record; `undefined` when the component has never come as far as that. */
  readonly before: TrackingRow | undefined;
}

/**
 * Compares what a component declares with what is on record, and decides what to do. Nothing is written; what a handler throws
 * fails this component alone.
 *
 * @throws TidemarkError `TARGET_CONFLICT` when another component of this run has one of the states
 */
export function planComponent(component: Component): Plan {
  const { id, run } = component;
  return new Planner(run, id).plan(run.rows.tracking(id), component);
}

/** Decides how to remove everything that a component has outside; `before` is what is on record of it. */
export function planRemoval(run: Run, id: number, before: TrackingRow | undefined): Plan {
  return new Planner(run, id).plan(before, undefined);
}

/** The changes that give up what a plan must not remove; see {@link Plan.givenUp}. `owner` is the component's tracking row. */
export function giveUpAll(
  run: Run,
  id: number,
  { givenUp }: Plan,
  owner: Pick<TrackingRow, "name" | "path">,
): StateChange[] {
  if (givenUp.length === 0) return [];
  const { clock, rows } = run;
  const own = givenUp.filter(({ key, providerId }) => rows.owner(providerId, key) === id);
  run.noteGivenUp(own.length);
  const why = { reason: "moved", timeMs: clock.date().getTime() } as const;
  return own.flatMap((item) => giveUp(rows, item, owner, why));
}

/** The changes that end a component's ownership of target states, unless another component of the app has taken them over meanwhile. */
export function disown({ rows }: Run, id: number, states: readonly StateName[]): StateChange[] {
  const own = states.filter(({ key, providerId }) => (rows.owner(providerId, key) ?? id) === id);
  return own.map(({ providerId, key }) => rows.removeOwner(providerId, key));
}

/** Leaves out the states that an abandoned call of `apply` may bring back: a later run removes them again. */
export function withoutDoubtful(
  disowned: readonly StateName[],
  doubtful: readonly TrackedItem[],
): readonly StateName[] {
  if (doubtful.length === 0) return disowned;
  const kept = new Set(doubtful.map(({ key, providerId }) => stateKey(providerId, key)));
  return disowned.filter(({ key, providerId }) => !kept.has(stateKey(providerId, key)));
}

class Planner {
  readonly #run: Run;
  readonly #id: number;
  readonly #actions: PlannedAction[] = [];
  readonly #kept: TrackedItem[] = [];
  readonly #claims: StateChange[] = [];
  readonly #disowned: StateName[] = [];
  readonly #released: StateName[] = [];
  readonly #givenUp: TrackedItem[] = [];
  readonly #timeMs: number;

  constructor(run: Run, id: number) {
    this.#run = run;
    this.#id = id;
    this.#timeMs = run.clock.date().getTime();
  }

  plan(before: TrackingRow | undefined, component: Component | undefined): Plan {
    const items = new Map((before?.items ?? []).map((item) => [stateKey(item.providerId, item.key), item]));
    const claimed = new Map<DeclaredState, TrackedItem | undefined>();
    for (const [id, declared] of component?.declared ?? []) {
      const claim = claimState(component!, declared, items.get(id));
      claimed.set(declared, claim.item);
      this.#claims.push(...claim.changes);
      if (claim.formerly !== undefined) items.delete(stateKey(claim.formerly.providerId, claim.formerly.key));
    }
    // Removals come first, so that they make room for what takes their place.
    for (const [id, item] of items) {
      if (component?.declared.has(id) === true) continue;
      if (component?.declared.isContained(id) === true) this.#keepContained(item, component);
      else this.#planRemoval(item);
    }
    for (const [declared, item] of claimed) this.#planDeclared(declared, item);
    return {
      actions: this.#actions,
      kept: this.#kept,
      claims: this.#claims,
      disowned: this.#disowned,
      released: this.#released,
      givenUp: this.#givenUp,
      before,
    };
  }

  #planDeclared(declared: DeclaredState, item: TrackedItem | undefined): void {
    const { provider, key, keyBytes, value } = declared;
    const { root } = this.#run.project;
    const isVoid = item === undefined || item.generation < provider.inside.recreatedAt;
    const recorded = isVoid ? [] : item.states;
    const mayBeMissing =
      isVoid ||
      item.isDamaged === true ||
      recorded.includes(null) ||
      item.generation < provider.inside.generation ||
      // What was taken from it may have been removed.
      this.#run.mounted.hasLostTarget(this.#id) ||
      this.#run.isFullReprocess;
    const change = { key, desired: value, previous: existing(recorded), mayBeMissing, root };
    const decision = decide(
      provider,
      isContainerHandler(provider.handler) ? this.#withShared(change, declared) : change,
    );
    if (decision === undefined) return this.#keep(declared, item);
    this.#act(provider, decision, item, { key: keyBytes, states: recorded, opens: { key, value } });
  }

  #withShared(change: Change, { key, provider }: DeclaredState): ContainerChange<StableKey, unknown, unknown> {
    const { rows } = this.#run;
    const shared = [...otherOwners(rows, provider, key)].flatMap((owner) => {
      const row = owner.app.rows.tracking(owner.id);
      return existing((row && findItem(row, owner))?.states ?? []);
    });
    return { ...change, shared, ...this.#run.providers.leftOversOf(provider) };
  }

  #keep({ provider, key }: DeclaredState, item: TrackedItem | undefined): void {
    if (isContainerHandler(provider.handler)) {
      throw new TidemarkError(
        "CONTAINER_DECISION_MISSING",
        `Cannot mount container ${formatPath([...provider.path, key])}: its handler must decide on an action in every run`,
      );
    }
    if (item !== undefined) this.#kept.push({ ...item, generation: provider.inside.generation });
  }

  /** Keeps what a memoized call declared that was answered from its memo. */
  #keepContained(item: TrackedItem, component: Component): void {
    requireOwned(component, item);
    this.#kept.push(item);
  }

  #planRemoval(item: TrackedItem): void {
    const { rows } = this.#run;
    // Another component or app has taken it over: it is no longer ours to remove.
    if (rows.owner(item.providerId, item.key) !== this.#id) return void this.#disowned.push(item);
    if (rows.states.isOfOriginal(item)) return void this.#disowned.push(item);
    const provider = this.#run.providers.resolve(item.providerId);
    const { isConfirmed, root } = this.#run.project;
    if (!isConfirmed && whereabouts(statePath(rows, item), root) === "outside") return void this.#givenUp.push(item);
    if (provider === undefined) return this.#leaveToContainer(item);
    if (item.generation < provider.inside.recreatedAt) return void this.#disowned.push(item);
    const [other] = otherOwners(rows, provider, decodeKey(item.key));
    if (other !== undefined) return void this.#released.push(item);
    const recorded = existing(item.states);
    // A damaged state is ours, though no record says what it is like.
    const isDamaged = item.isDamaged === true;
    const decision = decide(provider, {
      key: decodeKey(item.key),
      desired: undefined,
      previous: isDamaged ? recorded.slice(-1) : recorded,
      mayBeMissing: !isDamaged && (item.states.includes(null) || this.#run.isFullReprocess),
      mayBeTorn: item.written !== undefined && this.#run.unflushed.isEarlier(item.written),
      root: this.#run.project.root,
    });
    if (decision === undefined) return void this.#disowned.push(item);
    this.#act(provider, decision, item, { key: item.key, states: item.states, opens: undefined });
  }

  /** Disowns a state that goes with its container, unless that is not about to be removed. */
  #leaveToContainer(item: TrackedItem): void {
    const { mounted, rows } = this.#run;
    const container = containerOf(rows, item.providerId);
    if (container === undefined || !isStateKept(mounted, container.owner, container.row, container.item)) {
      return void this.#disowned.push(item);
    }
    const path = decodePath(rows.providerPath(item.providerId)!);
    throw new TidemarkError(
      "TARGET_UNDEFINED",
      `Cannot remove target states in ${formatPath(path)}: it is not mounted in this run, and its handler can remove states only ` +
        "while it is, or with it; mount it",
      { facts: { target: formatPath(path) } },
    );
  }

  #act(
    provider: Provider,
    decision: TargetDecision<unknown, unknown>,
    item: TrackedItem | undefined,
    state: {
      readonly key: Uint8Array;
      readonly states: readonly PossibleState[];
      readonly opens: PlannedAction["opens"];
    },
  ): void {
    const { generation } = provider.inside;
    const next: PossibleState = decision.tracking === undefined ? null : [decision.tracking];
    const written = next === null ? item?.written : this.#writeTo(provider, item);
    const base = { providerId: provider.id, key: state.key, generation, inside: item?.inside ?? null, written };
    const isContainer = isContainerHandler(provider.handler);
    // A container that is being applied may turn out to be gone, so nothing is sure until it is committed. Nor is it while a state is
    // written that is the same as before: half of it may be there.
    const possible = distinct([...state.states, next]);
    const during = isContainer || possible.length === 1 ? distinct([null, ...possible]) : possible;
    const after = next === null ? undefined : { ...base, states: [next] };
    if (after === undefined) this.#disowned.push({ providerId: provider.id, key: state.key });
    this.#actions.push({
      provider,
      action: decision.action,
      during: { ...base, states: during, isDamaged: item?.isDamaged },
      after,
      wasUncertain: state.states.length !== 1 || state.states.includes(null),
      hadRecords: state.states.length > 0,
      isRemoval: state.opens === undefined,
      opens: isContainer && next !== null ? state.opens : undefined,
    });
  }

  /** The write of a state as it is recorded; `undefined` for one that survives a power cut, or that nothing can verify. */
  #writeTo({ handler }: Provider, item: TrackedItem | undefined): UnflushedWrite | undefined {
    if (handler.inspect === undefined || handler.isDurable === true) return undefined;
    // A container has an action in every run. It is made in the first, or with its content.
    if (item !== undefined && isContainerHandler(handler)) return item.written;
    return { boot: this.#run.unflushed.boot, timeMs: this.#timeMs };
  }
}

type Change = TargetChange<StableKey, unknown, unknown>;
type Decision = TargetDecision<unknown, unknown> | undefined;

function decide({ handler, path }: Provider, change: Change): Decision {
  return checkDecision([...path, change.key], handler.reconcile(change), change.desired !== undefined);
}

function existing(states: readonly PossibleState[]): unknown[] {
  return states.filter((state) => state !== null).map(([record]) => record);
}

function distinct(states: readonly PossibleState[]): PossibleState[] {
  return states.filter((state, index) => states.findLastIndex((other) => isDeepStrictEqual(other, state)) === index);
}
