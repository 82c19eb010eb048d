import { decodeKey, decodePath, formatPath } from "../../state/stable-key.ts";
import { readId } from "../records/child-row.ts";
import { FAMILY, ROW_ID_AT } from "../records/row-keys.ts";
import type { TrackedItem, TrackingRow } from "../records/row.ts";
import type { OwnerValue } from "../records/state-rows.ts";
import { withNothing } from "../records/tracked-item.ts";
import { checkSuspects } from "./check-suspects.ts";
import type { Repair } from "./finding.ts";
import { ownerHashes, ownerKeyOf } from "./owner-hash.ts";
import { readOwner, untrackedOrphans } from "./owner-row.ts";
import { EMPTY_HASH, hashOn } from "./row-hash.ts";
import type { StatesContext } from "./states-context.ts";
import { addProblem, quietly, scanFamily, type AppScope } from "./scan-rows.ts";
import { readTrackingRow, type TrackedComponent } from "./tracked-component.ts";

/**
 * Checks the tracking rows and the owner rows of an app: each tracked state has an owner row that names its component, and each owner row
 * names a component that tracks the state. Both sides are summed up by component, and only components whose sums differ are looked at one
 * by one. Returns the greatest generation.
 */
export async function checkStates(scope: AppScope, context: StatesContext): Promise<number> {
  const check = new StatesCheck(scope, context);
  await scanFamily(scope, FAMILY.tracking, { decode: readTrackingRow, visit: (row) => check.visitTracking(row) });
  await scanFamily(scope, FAMILY.owner, { decode: readOwner, visit: (owner, key) => check.visitOwner(owner, key) });
  await checkSuspects(scope, context);
  return check.maxGeneration;
}

class StatesCheck {
  maxGeneration = 0;
  readonly #scope: AppScope;
  readonly #context: StatesContext;

  constructor(scope: AppScope, context: StatesContext) {
    this.#scope = scope;
    this.#context = context;
  }

  visitTracking({ id, row }: TrackedComponent): void {
    const { table } = this.#context;
    const at = table.find(id);
    if (at === -1) return this.#addOrphans(id, row);
    // An orphan is reported by the check of the tree; its states are found once its row is gone.
    if (table.isOrphan(at)) return;
    this.#checkPlace(at, id, row);
    this.#checkItems(id, row);
    for (const item of row.items) {
      const [one, other] = ownerHashes(ownerKeyOf(this.#scope.rows.appId, item));
      table.addSums(at, one, other);
    }
  }

  visitOwner(owner: OwnerValue, key: Uint8Array): void {
    const { providers, table } = this.#context;
    const { rows } = this.#scope;
    const providerId = readId(key, ROW_ID_AT);
    if (!providers.has(providerId)) {
      const rerun = typeof owner === "number" ? { rerun: owner } : {};
      addProblem(this.#scope, {
        kind: "unknown-target",
        subject: `an owner row of the target with the id ${providerId}`,
        message: "belongs to a target that has no row",
        repair: { changes: [{ key, value: undefined }], ...rerun },
      });
      return;
    }
    if (typeof owner !== "number") return;
    const at = table.find(owner);
    if (at !== -1) {
      const [one, other] = ownerHashes(key);
      table.addSums(at, -one, -other);
    } else if (quietly(() => rows.tracking(owner) === undefined) === true) {
      addProblem(this.#scope, {
        kind: "untracked-state",
        subject: `an owner row in ${formatPath(decodePath(providers.get(providerId)!))}`,
        message: `names a component (id ${owner}) that is gone`,
        repair: { changes: [{ key, value: undefined }], orphans: untrackedOrphans(key) },
      });
    }
  }

  #checkPlace(at: number, id: number, row: TrackingRow): void {
    const hash = this.#context.table.pathHashOf(at);
    if (hash === undefined || (hash === hashOn(EMPTY_HASH, row.path) && this.#isBelow(at, row.ancestors))) return;
    addProblem(this.#scope, {
      kind: "wrong-place",
      subject: `the component with the id ${id}`,
      message: `stands at another place than its target states say, ${formatPath(decodePath(row.path))}`,
      repair: { ...this.#release(id, row), rerun: id },
    });
  }

  /** Whether a component stands below its recorded ancestors, as far as they have not been deleted before it. */
  #isBelow(at: number, ancestors: readonly number[]): boolean {
    const { table } = this.#context;
    let below = at;
    for (const id of ancestors.toReversed()) {
      if (table.parentOf(below) !== id) return false;
      const found = table.find(id);
      if (found === -1) return true;
      below = found;
    }
    return table.isRoot(below);
  }

  #checkItems(id: number, row: TrackingRow): void {
    const { counts } = this.#scope.findings;
    counts.states += row.items.length;
    const seen = row.items.length > 1 ? new Set<string>() : undefined;
    const good = row.items.filter((item) => {
      this.maxGeneration = Math.max(this.maxGeneration, item.generation, item.inside?.generation ?? 0);
      if (item.states.length !== 1 || item.states[0] === null) counts.uncertainStates++;
      const name = seen === undefined ? "" : `${item.providerId}:${Buffer.from(item.key).toString("latin1")}`;
      const isRepeated = seen?.has(name) === true || item.states.length === 0;
      seen?.add(name);
      if (isRepeated) this.#addRepeated(id, row, item);
      return !isRepeated;
    });
    const unknown = good.find(({ providerId }) => !this.#context.providers.has(providerId));
    if (unknown !== undefined) this.#addUnknown(id, row, unknown);
  }

  #addRepeated(id: number, row: TrackingRow, item: TrackedItem): void {
    const isSame = (other: TrackedItem): boolean =>
      other.providerId === item.providerId && Buffer.compare(other.key, item.key) === 0;
    const items = [...row.items.filter((other) => !isSame(other)), withNothing(item)];
    addProblem(this.#scope, {
      kind: "repeated-state",
      subject: `the component ${formatPath(decodePath(row.path))}`,
      message:
        item.states.length === 0
          ? `has a target state ${formatPath([decodeKey(item.key)])} without a record of it`
          : `has the target state ${formatPath([decodeKey(item.key)])} twice`,
      repair: { changes: [this.#scope.rows.putTracking(id, { ...row, items })], rerun: id },
    });
  }

  #addUnknown(id: number, row: TrackingRow, { providerId }: TrackedItem): void {
    const items = row.items.filter((item) => item.providerId !== providerId);
    addProblem(this.#scope, {
      kind: "unknown-target",
      subject: `the component ${formatPath(decodePath(row.path))}`,
      message: `has target states of a target (id ${providerId}) that has no row`,
      repair: { changes: [this.#scope.rows.putTracking(id, { ...row, items })], rerun: id },
    });
  }

  #addOrphans(id: number, row: TrackingRow): void {
    this.#scope.findings.counts.states += row.items.length;
    addProblem(this.#scope, {
      kind: "orphan-states",
      subject: `the component ${formatPath(decodePath(row.path))}`,
      message: `is gone, and its ${row.items.length} target states are still recorded`,
      repair: this.#release(id, row),
    });
  }

  /** Removes the records of a component, and makes orphans of the target states that it owns. */
  #release(id: number, row: TrackingRow): Pick<Repair, "changes" | "orphans"> {
    const { rows } = this.#scope;
    const own = row.items.filter(({ key, providerId }) => quietly(() => rows.owner(providerId, key)) === id);
    const known = own.filter(({ providerId }) => this.#context.providers.has(providerId));
    return {
      changes: [rows.removeTracking(id), ...own.map(({ key, providerId }) => rows.removeOwner(providerId, key))],
      orphans: known.map((item) => ({ item, name: row.name, path: row.path })),
    };
  }
}
