import { setImmediate as nextTurn } from "node:timers/promises";
import { decodeKey, decodePath, formatPath, type StableKey } from "../../state/stable-key.ts";
import type { StateChange } from "../../state/store.ts";
import type { Clock } from "../../time/clock.ts";
import type { AppRows } from "../records/app-rows.ts";
import { hasContent } from "../records/has-content.ts";
import type { TrackedItem } from "../records/row.ts";
import { answerInTime } from "../targets/answer-in-time.ts";
import { checkApplied, checkDecision } from "../targets/check-answers.ts";
import { isContainerHandler } from "../targets/container-handler.ts";
import { inspectStates } from "../targets/inspect-states.ts";
import { whereabouts } from "../targets/outside-states.ts";
import type { Provider } from "../targets/providers.ts";
import { otherOwners } from "../targets/state-owners.ts";
import type { OrphanState } from "./finding.ts";
import { RecordedProviders } from "./recorded-providers.ts";

/** The end of an orphan: it was removed outside, it was not there any more or has another owner, or it was given up. */
export type OrphanEnd = "given up" | "gone" | "removed";

/** Options of {@link releaseOrphans}. */
export interface ReleaseOptions {
  readonly root: string;
  /** Whether the place of the store is confirmed: else nothing is removed outside of the root. */
  readonly isConfirmed: boolean;
  /** The clock of the limits for handlers. */
  readonly clock: Clock;
  /** The time at which states are given up, in milliseconds since 1970. */
  readonly timeMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Told of the end of each orphan. */
  readonly onEnd: (path: readonly StableKey[], end: OrphanEnd) => void;
}

/**
 * Removes target states that no component owns through their handlers, as far as they are as recorded, the content of a container before
 * the container. Returns the changes that give up the others, so that their records stay.
 */
export async function releaseOrphans(
  rows: AppRows,
  orphans: readonly OrphanState[],
  options: ReleaseOptions,
): Promise<readonly StateChange[]> {
  const providers = new RecordedProviders(rows, options.root);
  const changes: StateChange[] = [];
  const depthOf = ({ item }: OrphanState): number => decodePath(rows.providerPath(item.providerId)!).length;
  const depths = new Map(orphans.map((orphan) => [orphan, depthOf(orphan)]));
  for (const orphan of orphans.toSorted((one, other) => depths.get(other)! - depths.get(one)!)) {
    options.signal?.throwIfAborted();
    const path = [...decodePath(rows.providerPath(orphan.item.providerId)!), decodeKey(orphan.item.key)];
    const end = await release(rows, providers, orphan, options);
    options.onEnd(path, end);
    if (end === "given up") changes.push(giveUpOrphan(rows, orphan, options.timeMs));
    await nextTurn();
  }
  return changes;
}

async function release(
  rows: AppRows,
  providers: RecordedProviders,
  { item }: OrphanState,
  options: ReleaseOptions,
): Promise<OrphanEnd> {
  try {
    const provider = providers.find(item.providerId);
    if (provider === undefined) return "given up";
    if (item.generation < provider.inside.recreatedAt || rows.states.isOfOriginal(item)) return "gone";
    const key = decodeKey(item.key);
    const [other] = otherOwners(rows, provider, key);
    if (other !== undefined && !isContainerHandler(provider.handler)) return "gone";
    const path = [...provider.path, key];
    if (!options.isConfirmed && whereabouts(path, options.root) !== "below") return "given up";
    if (other !== undefined || hasContent(rows, item)) return "given up";
    return await removeUnchanged(provider, item, options);
  } catch {
    options.signal?.throwIfAborted();
    // A handler that fails has removed nothing for sure: the record stays.
    return "given up";
  }
}

async function removeUnchanged(provider: Provider, item: TrackedItem, options: ReleaseOptions): Promise<OrphanEnd> {
  const { clock, root, signal } = options;
  const { handler, path } = provider;
  const recorded = item.states.filter((state) => state !== null).map(([record]) => record);
  if (recorded.length === 0) return "given up";
  const key = decodeKey(item.key);
  const inspection = await inspectStates(provider, [{ key, recorded, root }], { depth: "content", clock, signal });
  const [result] = inspection?.results ?? [];
  if (result === "missing") return "gone";
  if (result !== "unchanged") return "given up";
  const change = { key, desired: undefined, previous: recorded, mayBeMissing: false, root };
  const decision = checkDecision([...path, key], handler.reconcile(change), false);
  if (decision === undefined) return "gone";
  const act = `remove ${formatPath([...path, key])}`;
  const answer = await answerInTime(async () => handler.apply([decision.action]), { act, clock, signal });
  checkApplied(path, handler, answer, 1);
  return "removed";
}

function giveUpOrphan(rows: AppRows, { item, name, path }: OrphanState, timeMs: number): StateChange {
  const owner = name === "" ? "" : formatPath(decodePath(path));
  return rows.states.putGivenUp({ item, name, path: owner, reason: "unproven", timeMs });
}
