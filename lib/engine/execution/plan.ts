import { isDeepStrictEqual } from "node:util";
import { TidemarkError } from "../../errors.ts";
import { decodeKey, decodePath, formatPath } from "../../state/stable-key.ts";
import type { StableKey } from "../../state/stable-key.ts";
import type { StateChange } from "../../state/store.ts";
import type { Component } from "../run/component.ts";
import { stateKey } from "../targets/state-key.ts";
import type { DeclaredState } from "../targets/declared-states.ts";
import { isContainerHandler, type Provider } from "../targets/providers.ts";
import type { PossibleState, TrackedItem, TrackingRow } from "../records/row.ts";
import { voidMemos } from "../records/void-memos.ts";
import type { Run } from "../run/run.ts";
import type { TargetDecision } from "../targets/target-handler.ts";

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
  /** What a container was declared as; `undefined` for a removal or for what is no container. */
  readonly opens: { readonly key: StableKey; readonly value: unknown } | undefined;
}

/** Names a target state. */
type StateName = Pick<TrackedItem, "providerId" | "key">;

/** What one component needs done outside. */
export interface Plan {
  readonly actions: readonly PlannedAction[];
  /** The items that stay as they are. */
  readonly kept: readonly TrackedItem[];
  /** Claims of target states that were not the component's before. */
  readonly claims: readonly StateChange[];
  /** What is gone at the end; see {@link disown}. */
  readonly disowned: readonly StateName[];
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

/** The changes that end a component's ownership of what its plan has removed, unless another has taken it over meanwhile. */
export function disown(run: Run, id: number, plan: Plan): StateChange[] {
  const own = plan.disowned.filter(({ providerId, key }) => run.rows.owner(providerId, key) === id);
  return own.map(({ providerId, key }) => run.rows.removeOwner(providerId, key));
}

class Planner {
  readonly #run: Run;
  readonly #id: number;
  readonly #actions: PlannedAction[] = [];
  readonly #kept: TrackedItem[] = [];
  readonly #claims: StateChange[] = [];
  readonly #disowned: StateName[] = [];

  constructor(run: Run, id: number) {
    this.#run = run;
    this.#id = id;
  }

  plan(before: TrackingRow | undefined, component: Component | undefined): Plan {
    const items = new Map((before?.items ?? []).map((item) => [stateKey(item.providerId, item.key), item]));
    // Removals come first, so that they make room for what takes their place.
    for (const [id, item] of items) {
      if (component?.declared.has(id) === true) continue;
      if (component?.declared.isContained(id) === true) this.#keepContained(item, component);
      else this.#planRemoval(item);
    }
    for (const [id, declared] of component?.declared ?? []) this.#planDeclared(declared, items.get(id), component!);
    return {
      actions: this.#actions,
      kept: this.#kept,
      claims: this.#claims,
      disowned: this.#disowned,
      before,
    };
  }

  #planDeclared(declared: DeclaredState, own: TrackedItem | undefined, component: Component): void {
    const { provider, key, keyBytes, value } = declared;
    const { root } = this.#run.project;
    const item = this.#claim(declared, own, component);
    const isVoid = item === undefined || item.generation < provider.inside.recreatedAt;
    const recorded = isVoid ? [] : item.states;
    const mayBeMissing =
      isVoid ||
      recorded.includes(null) ||
      item.generation < provider.inside.generation ||
      // What was taken from it may have been removed.
      this.#run.mounted.hasLostTarget(this.#id) ||
      this.#run.isFullReprocess;
    const decision = provider.handler.reconcile({
      key,
      desired: value,
      previous: existing(recorded),
      mayBeMissing,
      root,
    });
    if (decision === undefined) return this.#keep(declared, item);
    this.#act(provider, decision, item, { key: keyBytes, states: recorded, opens: { key, value } });
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
    const { providers, rows } = this.#run;
    const owner = rows.owner(item.providerId, item.key);
    const other = owner === undefined || owner === this.#id ? undefined : rows.tracking(owner);
    if (other === undefined) return void this.#kept.push(item);
    const path = providers.resolve(item.providerId)?.path ?? [];
    throw conflict([...path, decodeKey(item.key)], component, other);
  }

  #planRemoval(item: TrackedItem): void {
    const { rows } = this.#run;
    // Another component has taken it over: it is no longer ours to remove.
    if (rows.owner(item.providerId, item.key) !== this.#id) return;
    const provider = this.#run.providers.resolve(item.providerId);
    if (provider === undefined || item.generation < provider.inside.recreatedAt) return void this.#disowned.push(item);
    const decision = provider.handler.reconcile({
      key: decodeKey(item.key),
      desired: undefined,
      previous: existing(item.states),
      mayBeMissing: item.states.includes(null) || this.#run.isFullReprocess,
      root: this.#run.project.root,
    });
    if (decision === undefined) return void this.#disowned.push(item);
    this.#act(provider, decision, item, { key: item.key, states: item.states, opens: undefined });
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
    const base = { providerId: provider.id, key: state.key, generation, inside: item?.inside ?? null };
    const next: PossibleState = decision.tracking === undefined ? null : [decision.tracking];
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
      during: { ...base, states: during },
      after,
      wasUncertain: state.states.length !== 1 || state.states.includes(null),
      opens: isContainer && next !== null ? state.opens : undefined,
    });
  }

  /** Makes a declared state the component's own: what is on record of it, under whomever. */
  #claim(declared: DeclaredState, own: TrackedItem | undefined, component: Component): TrackedItem | undefined {
    const { rows } = this.#run;
    const { provider, keyBytes } = declared;
    const owner = rows.owner(provider.id, keyBytes);
    if (owner === this.#id) return own;
    this.#claims.push(rows.putOwner(provider.id, keyBytes, this.#id));
    if (owner === undefined) return own;
    const other = rows.tracking(owner);
    const item = other?.items.find(
      (candidate) => candidate.providerId === provider.id && Buffer.compare(candidate.key, keyBytes) === 0,
    );
    if (other === undefined || item === undefined) return own;
    // What its owner is just removing, or has failed to remove, may be taken over; the actions are applied in this order.
    if (item.states.at(-1) !== null) this.#requireGone(owner, other, declared, component);
    this.#run.mounted.noteTaken(owner, other.ancestors);
    // On record as well: should this run be interrupted, the next one must not skip the old owner either.
    this.#claims.push(...voidMemos(rows, [...other.ancestors, owner], decodePath(other.path)));
    return item;
  }

  /** Throws when `owner` keeps its target states in this run: by declaring them, or because it or one above it is unchanged. */
  #requireGone(owner: number, row: TrackingRow, declared: DeclaredState, component: Component): void {
    if (!this.#run.mounted.keepsTargets(owner, row.ancestors)) return;
    throw conflict([...declared.provider.path, declared.key], component, row);
  }
}

function conflict(state: readonly StableKey[], component: Component, other: TrackingRow): TidemarkError {
  const target = formatPath(state);
  const owner = formatPath(decodePath(other.path));
  return new TidemarkError(
    "TARGET_CONFLICT",
    `Cannot declare target state ${target} in ${component.describe()}: \`${other.name}\` at ${owner} declares it as well; ` +
      "give each its own key",
    { facts: { target, path: component.path, owner } },
  );
}

function existing(states: readonly PossibleState[]): unknown[] {
  return states.filter((state) => state !== null).map(([record]) => record);
}

function distinct(states: readonly PossibleState[]): PossibleState[] {
  return states.filter((state, index) => states.findLastIndex((other) => isDeepStrictEqual(other, state)) === index);
}
