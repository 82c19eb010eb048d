import { decodeKey, type StableKey } from "../../state/stable-key.ts";
import type { TrackedItem } from "../records/row.ts";
import { findItem } from "../records/tracked-item.ts";
import { voidMemosOf } from "../records/void-memos.ts";
import type { Run } from "../run/run.ts";
import { inspectStates } from "../targets/inspect-states.ts";
import type { Provider } from "../targets/providers.ts";
import { statePath } from "../targets/recorded-states.ts";
import type { InspectionResult } from "../targets/target-inspection.ts";

/** The target states that were written before the machine was restarted, and that are missing or altered since. */
export interface LostWrites {
  readonly count: number;
  /** The whole paths of the first few. */
  readonly paths: readonly (readonly StableKey[])[];
}

/** So many states are inspected, and recorded, at a time. */
const CHUNK = 1000;
const MAX_PATHS = 3;

/**
 * Verifies the unflushed writes of an earlier boot: a power cut may have undone them. Each is inspected once, since a state that is read back after a restart is on disk. States that are missing or altered are recorded as damaged, and their components run again.
 * Call before anything is decided.
 */
export async function verifyWrites(run: Run, signal: AbortSignal): Promise<LostWrites> {
  const boot = run.unflushed.earlierBoot;

  const verification = new Verification(run, boot, signal);
  if (boot === undefined) return verification;
  let chunk: WrittenState[] = [];
  for (const { id, row } of run.rows.states.tracked()) {
    for (const item of row.items) if (isToVerify(item, boot)) chunk.push({ id, item });
    if (chunk.length >= CHUNK) {
      await verification.verify(chunk);
      chunk = [];
    }
    await run.pause();
  }
  await verification.verify(chunk);
  await verification.end();
  return verification;
}

interface WrittenState {
  /** The id of its component. */
  readonly id: number;
  readonly item: TrackedItem;
}

/** Whether a state was written in a boot. One that was never known to be there is written again in any case. */
function isToVerify({ states, written }: TrackedItem, boot: number | undefined): boolean {
  return written !== undefined && written.boot === boot && states[0] !== null && states.length > 0;
}

class Verification implements LostWrites {
  readonly paths: StableKey[][] = [];
  readonly #run: Run;
  readonly #boot: number | undefined;
  readonly #signal: AbortSignal;
  #count = 0;
  #hasDoubts = false;

  constructor(run: Run, boot: number | undefined, signal: AbortSignal) {
    this.#run = run;
    this.#boot = boot;
    this.#signal = signal;
  }

  get count(): number {
    return this.#count;
  }

  async verify(states: readonly WrittenState[]): Promise<void> {
    const results = new Map<TrackedItem, InspectionResult>();
    for (const [providerId, group] of Map.groupBy(states, ({ item }) => item.providerId)) {
      for (let at = 0; at < group.length; at += CHUNK) {
        await this.#inspect(this.#resolve(providerId), group.slice(at, at + CHUNK), results);
      }
    }
    const changed = states.filter(({ item }) => results.get(item) !== "unchanged");
    const byComponent = Map.groupBy(changed, ({ id }) => id);
    // Written one by one: each sees the memos that those before it have voided.
    await Promise.all([...byComponent].map(([id, group]) => this.#record(id, group, results)));
  }

  async end(): Promise<void> {
    const { rows, unflushed } = this.#run;
    const changes = unflushed.endEarlier({ hasDoubts: this.#hasDoubts });
    await rows.write(changes);
    if (this.#hasDoubts) unflushed.noteBegun(changes);
  }

  /** The target, also where nothing mounts it yet; `undefined` for one that is not defined in this process. */
  #resolve(providerId: number): Provider | undefined {
    try {
      return this.#run.providers.resolve(providerId);
    } catch {
      return undefined;
    }
  }

  async #inspect(
    provider: Provider | undefined,
    states: readonly WrittenState[],
    results: Map<TrackedItem, InspectionResult>,
  ): Promise<void> {
    if (provider === undefined) return;
    const { root } = this.#run.project;
    const inspected = states.map(({ item }) => ({
      key: decodeKey(item.key),
      recorded: item.states.filter((state) => state !== null).map(([record]) => record),
      root,
      writtenMs: item.written?.timeMs,
    }));
    const options = { depth: "size", clock: this.#run.clock, signal: this.#signal } as const;
    const inspection = await inspectStates(provider, inspected, options);
    for (const [index, { item }] of states.entries()) results.set(item, inspection?.results[index] ?? "unknown");
  }

  /** The row is read again: a run of another app may have changed it meanwhile. */
  async #record(
    id: number,
    states: readonly WrittenState[],
    results: ReadonlyMap<TrackedItem, InspectionResult>,
  ): Promise<void> {
    const { rows } = this.#run;
    const row = rows.tracking(id);
    if (row === undefined) return;
    const known = states.map((state) => ({ ...state, now: findItem(row, state.item) }));
    const lost = new Set<TrackedItem>();
    const doubtful = new Set<TrackedItem>();
    for (const { item, now } of known) {
      if (now === undefined || !isToVerify(now, this.#boot)) continue;
      const result = results.get(item);
      if (result !== "missing" && result !== "edited") doubtful.add(now);
      else if ((rows.owner(now.providerId, now.key) ?? id) === id) lost.add(now);
    }
    if (lost.size + doubtful.size === 0) return;
    this.#note(lost, doubtful);
    const items = row.items.map((item) => this.#outcome(item, lost, doubtful));
    const voided = lost.size === 0 ? [] : voidMemosOf(rows, id, row);
    await rows.write([rows.putTracking(id, { ...row, items }), ...voided]);
  }

  #note(lost: ReadonlySet<TrackedItem>, doubtful: ReadonlySet<TrackedItem>): void {
    this.#count += lost.size;
    this.#hasDoubts ||= doubtful.size > 0;
    for (const item of lost) if (this.paths.length < MAX_PATHS) this.paths.push(statePath(this.#run.rows, item));
  }

  /** A state that could not be inspected counts as written in the present boot, so that it is verified after the next. */
  #outcome(item: TrackedItem, lost: ReadonlySet<TrackedItem>, doubtful: ReadonlySet<TrackedItem>): TrackedItem {
    if (lost.has(item)) return { ...item, written: undefined, isDamaged: true };
    if (!doubtful.has(item) || item.written === undefined) return item;
    return { ...item, written: { ...item.written, boot: this.#run.unflushed.boot } };
  }
}
