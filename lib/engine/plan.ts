import { isDeepStrictEqual } from "node:util";
import { TidemarkError } from "../errors.ts";
import { decodeKey, decodePath, formatPath } from "../state/stable-key.ts";
import type { StableKey } from "../state/stable-key.ts";
import type { StateChange } from "../state/store.ts";
import { stateKey, type Component } from "./component.ts";
import type { DeclaredState } from "./declared-state.ts";
import { isContainerHandler, type Provider } from "./providers.ts";
import type { PossibleState, TrackedItem, TrackingRow } from "./rows.ts";
import type { Run } from "./run.ts";
import type { TargetDecision } from "./target-handler.ts";

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

/** What one component needs done outside. */
export interface Plan {
  readonly actions: readonly PlannedAction[];
  /** The items that stay as they are. */
  readonly kept: readonly TrackedItem[];
  /** Claims of target states that were not the component's before. */
  readonly claims: readonly StateChange[];
  /** Owner rows to remove at the end: of what is gone. */
  readonly disowned: readonly StateChange[];
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
  return new Planner(component.run, component.id).plan(component);
}

/** Decides how to remove everything that a component has outside. */
export function planRemoval(run: Run, id: number): Plan {
  return new Planner(run, id).plan(undefined);
}

class Planner {
  readonly #run: Run;
  readonly #id: number;
  readonly #actions: PlannedAction[] = [];
  readonly #kept: TrackedItem[] = [];
  readonly #claims: StateChange[] = [];
  readonly #disowned: StateChange[] = [];

  constructor(run: Run, id: number) {
    this.#run = run;
    this.#id = id;
  }

  plan(component: Component | undefined): Plan {
    const before = this.#run.rows.tracking(this.#id);
    const items = new Map((before?.items ?? []).map((item) => [stateKey(item.providerId, item.key), item]));
    // Removals come first, so that they make room for what takes their place.
    for (const [id, item] of items) {
      if (component?.declared.has(id) === true) continue;
      if (component?.contained.has(id) === true) this.#kept.push(item);
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
    const item = this.#claim(declared, own, component);
    const isVoid = item === undefined || item.generation < provider.inside.recreatedAt;
    const known = isVoid ? [] : item.states;
    const mayBeMissing =
      isVoid ||
      known.includes(null) ||
      item.generation < provider.inside.generation ||
      this.#run.isFullReprocess;
    const decision = provider.handler.reconcile({ key, desired: value, previous: existing(known), mayBeMissing });
    if (decision === undefined) return this.#keep(declared, item);
    this.#act(provider, decision, item, { key: keyBytes, states: known, opens: { key, value } });
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

  #planRemoval(item: TrackedItem): void {
    const { rows } = this.#run;
    // Another component has taken it over: it is no longer ours to remove.
    if (rows.owner(item.providerId, item.key) !== this.#id) return;
    const provider = this.#run.providers.resolve(item.providerId);
    if (provider === undefined || item.generation < provider.inside.recreatedAt) return this.#disown(item);
    const decision = provider.handler.reconcile({
      key: decodeKey(item.key),
      desired: undefined,
      previous: existing(item.states),
      mayBeMissing: item.states.includes(null) || this.#run.isFullReprocess,
    });
    if (decision === undefined) return this.#disown(item);
    this.#act(provider, decision, item, { key: item.key, states: item.states, opens: undefined });
  }

  #act(
    provider: Provider,
    decision: TargetDecision<unknown, unknown>,
    item: TrackedItem | undefined,
    state: { readonly key: Uint8Array; readonly states: readonly PossibleState[]; readonly opens: PlannedAction["opens"] },
  ): void {
    const { generation } = provider.inside;
    const base = { providerId: provider.id, key: state.key, generation, inside: item?.inside ?? null };
    const next: PossibleState = decision.tracking === undefined ? null : [decision.tracking];
    const isContainer = isContainerHandler(provider.handler);
    // A container that is being applied may turn out to be gone, so nothing is sure until it is committed.
    const during = isContainer || state.states.length === 0 ? [null, ...state.states, next] : [...state.states, next];
    const after = next === null ? undefined : { ...base, states: [next] };
    if (after === undefined) this.#disown({ providerId: provider.id, key: state.key });
    this.#actions.push({
      provider,
      action: decision.action,
      during: { ...base, states: distinct(during) },
      after,
      wasUncertain: state.states.length !== 1 || state.states.includes(null),
      opens: isContainer && next !== null ? state.opens : undefined,
    });
  }

  #disown(item: Pick<TrackedItem, "providerId" | "key">): void {
    this.#disowned.push({ key: this.#run.rows.ownerKey(item.providerId, item.key), value: undefined });
  }

  /** Makes a declared state the component's own: what is on record of it, under whomever. */
  #claim(declared: DeclaredState, own: TrackedItem | undefined, component: Component): TrackedItem | undefined {
    const { rows } = this.#run;
    const { provider, keyBytes } = declared;
    const owner = rows.owner(provider.id, keyBytes);
    if (owner === this.#id) return own;
    this.#claims.push({ key: rows.ownerKey(provider.id, keyBytes), value: rows.encodeOwner(this.#id) });
    if (owner === undefined) return own;
    const other = rows.tracking(owner);
    const item = other?.items.find(
      (candidate) => candidate.providerId === provider.id && Buffer.compare(candidate.key, keyBytes) === 0,
    );
    if (other === undefined || item === undefined) return own;
    this.#requireGone(owner, other, declared, component);
    for (const id of [owner, ...other.ancestors]) this.#run.takenFrom.add(id);
    return item;
  }

  /** Throws when `owner` keeps its target states in this run: by declaring them, or because it or one above it is unchanged. */
  #requireGone(owner: number, row: TrackingRow, declared: DeclaredState, component: Component): void {
    const { hits, settled } = this.#run;
    if (!settled.has(owner) && ![owner, ...row.ancestors].some((id) => hits.has(id))) return;
    const target = formatPath([...declared.provider.path, declared.key]);
    const other = formatPath(decodePath(row.path));
    throw new TidemarkError(
      "TARGET_CONFLICT",
      `Cannot declare target state ${target} in ${component.describe()}: \`${row.name}\` at ${other} declares it as well; ` +
        "give each its own key",
      { facts: { target, path: component.path, owner: other } },
    );
  }
}

function existing(states: readonly PossibleState[]): unknown[] {
  return states.filter((state) => state !== null).map(([record]) => record);
}

function distinct(states: readonly PossibleState[]): PossibleState[] {
  return states.filter((state, index) => states.findLastIndex((other) => isDeepStrictEqual(other, state)) === index);
}
