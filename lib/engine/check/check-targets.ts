import { decodeKey, decodePath, type StableKey } from "../../state/stable-key.ts";
import type { Clock } from "../../time/clock.ts";
import { containerOf } from "../records/container-of.ts";
import { FAMILY } from "../records/row-keys.ts";
import type { TrackedItem } from "../records/row.ts";
import { inspectStates } from "../targets/inspect-states.ts";
import type { Provider } from "../targets/providers.ts";
import type { InspectionResult } from "../targets/target-inspection.ts";
import { RecordedProviders } from "./recorded-providers.ts";
import { addProblem, quietly, scanFamily, type AppScope } from "./scan-rows.ts";
import { readTrackingRow, type TrackedComponent } from "./tracked-component.ts";

/** So many states of one target are compared at a time. */
const BATCH = 500;

/** So many states are gathered, of all targets together. */
const MAX_GATHERED = 5000;

/** Counts of recorded target states. */
export interface TargetCounts {
  /** The states that were compared with the states outside. */
  checked: number;
  /** The states that could not be compared: their target is not defined, or its handler cannot tell. */
  unchecked: number;
}

/** Options of {@link checkTargets}. */
export interface CheckTargetsOptions {
  /** The project's folder. */
  readonly root: string;
  readonly clock: Clock;
  /** Names a target state for people, by its target, the keys of its containers and its own key. */
  readonly nameOf: (path: readonly StableKey[]) => string;
}

/**
 * Compares the recorded target states of an app with the states outside, by content. States of which several are possible are left out: the
 * next update makes sure of them.
 */
export async function checkTargets(scope: AppScope, options: CheckTargetsOptions): Promise<TargetCounts> {
  const check = new TargetsCheck(scope, options);
  await scanFamily({ ...scope, findings: scope.findings.aside() }, FAMILY.tracking, {
    decode: readTrackingRow,
    visit: (component) => check.add(component),
  });
  await check.compareAll();
  return check.counts;
}

/** A recorded target state, with its component. */
interface TrackedState {
  readonly id: number;
  readonly item: TrackedItem;
}

class TargetsCheck {
  readonly counts: TargetCounts = { checked: 0, unchecked: 0 };
  readonly #scope: AppScope;
  readonly #options: CheckTargetsOptions;
  readonly #providers: RecordedProviders;
  readonly #gathered = new Map<number, TrackedState[]>();
  /** The results for the containers of states that go with them, by the id of their inside. */
  readonly #containers = new Map<number, InspectionResult>();
  #numGathered = 0;

  constructor(scope: AppScope, options: CheckTargetsOptions) {
    this.#scope = scope;
    this.#options = options;
    this.#providers = new RecordedProviders(scope.rows, options.root);
  }

  /** Adds the states of a component; it returns a promise when enough are gathered to compare them. */
  add({ id, row }: TrackedComponent): Promise<void> | undefined {
    const { rows } = this.#scope;
    for (const item of row.items) {
      const { key, providerId, states } = item;
      const isSure = states.length === 1 && states[0] !== null;
      if (!isSure || quietly(() => rows.owner(providerId, key)) !== id) continue;
      const others = this.#gathered.get(providerId);
      if (others === undefined) this.#gathered.set(providerId, [{ id, item }]);
      else others.push({ id, item });
      this.#numGathered++;
    }
    return this.#numGathered >= MAX_GATHERED ? this.compareAll() : undefined;
  }

  /** Compares the states that are gathered. */
  async compareAll(): Promise<void> {
    for (const [providerId, states] of this.#gathered) {
      for (let at = 0; at < states.length; at += BATCH) {
        this.#scope.signal?.throwIfAborted();
        await this.#compare(providerId, states.slice(at, at + BATCH));
      }
    }
    this.#gathered.clear();
    this.#numGathered = 0;
  }

  async #compare(providerId: number, states: readonly TrackedState[]): Promise<void> {
    const provider = this.#find(providerId);
    const current = states.filter(({ item }) => provider === undefined || isCurrent(item, provider));
    const results =
      provider === undefined
        ? await this.#asContainer(providerId, states)
        : await this.#inspect(
            provider,
            current.map(({ item }) => item),
          );
    for (const [at, { id, item }] of current.entries()) this.#report(id, item, results[at]!);
  }

  async #inspect(provider: Provider, items: readonly TrackedItem[]): Promise<readonly InspectionResult[]> {
    const { clock, root } = this.#options;
    const states = items.map(({ key, states: [state] }) => ({ key: decodeKey(key), recorded: [state![0]], root }));
    const inspection = await inspectStates(provider, states, { depth: "content", clock, signal: this.#scope.signal });
    if (inspection?.failure !== undefined) this.#addFailure(provider.path, inspection.failure.error);
    return inspection?.results ?? items.map(() => "unknown");
  }

  /** States of a container whose inside cannot be opened are missing if the container is. */
  async #asContainer(providerId: number, states: readonly TrackedState[]): Promise<readonly InspectionResult[]> {
    let result = this.#containers.get(providerId);
    if (result === undefined) {
      result = await this.#inspectContainer(providerId);
      this.#containers.set(providerId, result);
    }
    return states.map(() => result);
  }

  async #inspectContainer(providerId: number): Promise<InspectionResult> {
    const { rows } = this.#scope;
    const container = quietly(() => containerOf(rows, providerId));
    const outer = container === undefined ? undefined : this.#find(container.item.providerId);
    if (container === undefined || outer === undefined || container.item.states.length !== 1) return "unknown";
    if (container.item.states[0] === null) return "unknown";
    const [result] = await this.#inspect(outer, [container.item]);
    return result === "missing" ? "missing" : "unknown";
  }

  #find(providerId: number): Provider | undefined {
    try {
      return this.#providers.find(providerId);
    } catch (error) {
      const path = quietly(() => this.#scope.rows.providerPath(providerId));
      this.#addFailure(path === undefined ? [] : decodePath(path), error);
      return undefined;
    }
  }

  #report(id: number, item: TrackedItem, result: InspectionResult): void {
    if (result === "unknown") {
      this.counts.unchecked++;
      return;
    }
    this.counts.checked++;
    if (result === "unchanged") return;
    const path = [...decodePath(this.#scope.rows.providerPath(item.providerId)!), decodeKey(item.key)];
    addProblem(this.#scope, {
      kind: result === "missing" ? "missing-state" : "edited-state",
      subject: this.#options.nameOf(path),
      message: result === "missing" ? "is missing" : "was edited since Tidemark wrote it",
      repair: { changes: [], uncertain: { id, item } },
    });
  }

  #addFailure(path: readonly StableKey[], error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `could not be inspected: ${reason}`;
    addProblem(this.#scope, { kind: "failed-inspection", subject: this.#options.nameOf(path), message });
  }
}

/** Whether a record is of the present content of its container: the next update writes others again. */
function isCurrent({ generation }: TrackedItem, { inside }: Provider): boolean {
  return generation >= inside.generation && generation >= inside.recreatedAt;
}
