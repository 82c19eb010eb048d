import { TidemarkError } from "../../errors.ts";
import type { Cell } from "../../progress/cell.ts";
import type { Report } from "../../progress/report.ts";
import type { RosterEntry } from "../../progress/roster.ts";
import { decodePath, formatPath, joinPaths } from "../../state/stable-key.ts";
import type { StateChange } from "../../state/store.ts";
import { encodeChildRow } from "../records/child-row.ts";
import { Children } from "./children.ts";
import { CallMemos } from "../memo/call-memos.ts";
import type { DeclaredState } from "../targets/declared-state.ts";
import { fingerprintCall, type ArgumentsFingerprint } from "../memo/fingerprint.ts";
import type { FunctionInfo } from "../memo/function-info.ts";
import type { GroupScope } from "./group.ts";
import type { ItemFingerprints } from "../memo/item-fingerprints.ts";
import { Dependencies } from "../memo/logic.ts";
import type { Asked } from "../memo/memo-check.ts";
import type { Mounting } from "./mounting.ts";
import type { ItemsPlace } from "./items-place.ts";
import { Readiness } from "./readiness.ts";
import type { CallRow, ChildRow, MemoRow } from "../records/row.ts";
import { isLongPath } from "../records/app-rows.ts";
import type { Interruptible, Run } from "./run.ts";
import { stateKey } from "../targets/state-key.ts";

/** What a {@link Component} is made of. */
export interface ComponentOptions {
  readonly run: Run;
  readonly parent: Component | undefined;
  readonly id: number;
  /** The encoded path below the parent. */
  readonly relativePath: Uint8Array;
  readonly row: ChildRow | undefined;
  readonly info: FunctionInfo;
  readonly args: readonly unknown[];
  readonly mounting: Mounting;
  /** Fingerprints its call, where others are mounted that differ in the first argument only. */
  readonly fingerprints?: ItemFingerprints | undefined;
  readonly asked?: Asked | undefined;
}

/** One component in one run: its place in the tree, and what it has mounted, declared and called so far. */
export class Component {
  readonly run: Run;
  readonly parent: Component | undefined;
  readonly id: number;
  readonly relativePath: Uint8Array;
  readonly info: FunctionInfo;
  readonly args: readonly unknown[];
  readonly mounting: Mounting;
  readonly report: Report;
  readonly cell: Cell;
  /** Stats groups that end with the component, because children that vanished are still to be counted there. */
  #endingGroups: GroupScope[] | undefined;
  /** Whether a component below has failed: then no memo is stored. */
  hasFailedChild = false;
  /** Whether it, or a component below it, has mounted something live: then no memo is stored, so that it is never skipped. */
  hasLiveParts = false;
  /** The row as it is stored, or is being stored. */
  row: ChildRow | undefined;
  /** Ends the wait for the function or for the children, when the run is aborted. */
  interrupt: ((reason: unknown) => void) | undefined;
  /** The run's note that it is under way. */
  underWay: RosterEntry<Interruptible> | undefined;
  // Made when first needed: a component that is answered from its memo needs none of them.
  #dependencies: Dependencies | undefined;
  #readiness: Readiness | undefined;
  #calls: CallMemos | undefined;
  #declared: Map<string, DeclaredState> | undefined;
  #contained: Set<string> | undefined;
  #places: ItemsPlace[] | undefined;
  #children: Children | undefined;
  /** What is known of its memo already. */
  readonly asked: Asked | undefined;
  readonly #fingerprints: ItemFingerprints | undefined;
  #call: ArgumentsFingerprint | undefined;
  #holdsSlot = false;
  #numChildrenUnderWay = 0;
  #hasMounted = false;

  constructor(options: ComponentOptions) {
    this.run = options.run;
    this.parent = options.parent;
    this.id = options.id;
    this.relativePath = options.relativePath;
    this.row = options.row;
    this.info = options.info;
    this.args = options.args;
    this.mounting = options.mounting;
    this.asked = options.asked;
    this.#call = options.asked?.call;
    this.#fingerprints = options.fingerprints;
    this.report = options.mounting.group?.report ?? options.parent?.report ?? options.run.report;
    this.cell = this.report.cell(options.info.name);
  }

  /** Whether it has mounted anything. */
  get hasMounted(): boolean {
    return this.#hasMounted;
  }

  /** Whether it waits for what it has mounted. */
  get isWaiting(): boolean {
    return this.#numChildrenUnderWay > 0;
  }

  /** What its memo will depend on, besides its arguments. */
  get dependencies(): Dependencies {
    if (this.#dependencies === undefined) {
      const { logicId, logicTracking } = this.info;
      this.#dependencies = new Dependencies(logicTracking);
      if (logicTracking !== "none") this.#dependencies.addOwn(logicId);
    }
    return this.#dependencies;
  }

  /** What it has mounted, and whether that is ready. */
  get readiness(): Readiness {
    this.#readiness ??= new Readiness();
    return this.#readiness;
  }

  get calls(): CallMemos {
    this.#calls ??= new CallMemos();
    return this.#calls;
  }

  /** The target states it has declared, by {@link stateKey}. */
  get declared(): Map<string, DeclaredState> {
    this.#declared ??= new Map();
    return this.#declared;
  }

  /** The {@link stateKey} of target states that stay as they are, because the call that declared them was not run again. */
  get contained(): Set<string> {
    this.#contained ??= new Set();
    return this.#contained;
  }

  /** What it has mounted in this run, beside what is on record. */
  get children(): Children {
    this.#children ??= new Children(this);
    return this.#children;
  }

  /** Whether it is sure that none of its children on record has vanished, without looking at each of them. */
  get hasFoundAll(): boolean {
    return this.row?.hasChildren !== true || this.children.haveAllBeenFound;
  }

  get places(): ItemsPlace[] {
    this.#places ??= [];
    return this.#places;
  }

  /** The number of components above. */
  get depth(): number {
    return this.parent === undefined ? 0 : this.parent.depth + 1;
  }

  /** The ids of the components above, from the root. */
  get ancestors(): readonly number[] {
    return this.parent === undefined ? [] : [...this.parent.ancestors, this.parent.id];
  }

  /** The whole path, encoded. */
  get encodedPath(): Uint8Array {
    return this.parent === undefined ? this.relativePath : joinPaths(this.parent.encodedPath, this.relativePath);
  }

  /** The path as text. */
  get path(): string {
    return formatPath(decodePath(this.encodedPath));
  }

  /** Name and path, for messages. */
  describe(): string {
    return `component \`${this.info.name}\` at ${this.path}`;
  }

  /** The fingerprint of its function and arguments. */
  get call(): ArgumentsFingerprint {
    const { logicId, logicTracking, name } = this.info;
    this.#call ??=
      this.#fingerprints?.of(this.args[0]) ??
      fingerprintCall(name, this.args, logicTracking === "none" ? undefined : logicId);
    return this.#call;
  }

  /** Throws unless something can still be mounted or declared here; `act` says what, for the error. */
  requireOpen(act: string): void {
    this.run.throwIfAborted();
    if (!this.readiness.isReady) return;
    throw new TidemarkError(
      "COMPONENT_CLOSED",
      `Cannot ${act} in ${this.describe()}: its function has ended; await what starts it before the function returns`,
      { facts: { path: this.path } },
    );
  }

  /**
   * The changes that put this component on record: none if it is. A component is recorded before anything below it or
   * anything it has outside is.
   */
  recordChanges(change: {
    readonly memo?: MemoRow | null;
    readonly hasCalls?: boolean;
    readonly hasChildren?: boolean;
  }): StateChange[] {
    const { rows } = this.run;
    const before = this.row;
    const next: ChildRow = {
      id: this.id,
      name: this.info.name,
      hasChildren: change.hasChildren ?? before?.hasChildren ?? false,
      hasCalls: change.hasCalls ?? before?.hasCalls ?? false,
      longPath: isLongPath(this.relativePath) ? this.relativePath : null,
      memo: change.memo === undefined ? (before?.memo ?? null) : change.memo,
    };
    if (before !== undefined && isSameRow(before, next)) return [];
    this.row = next;
    this.parent?.children.release(this.relativePath);
    const parentId = this.parent?.id ?? this.id;
    return [{ key: rows.childKey(parentId, this.relativePath), value: encodeChildRow(next) }];
  }

  /** The stored answer of a memoized call, unless everything is to be reprocessed. */
  storedCall(fingerprint: Uint8Array): CallRow | undefined {
    if (this.run.isFullReprocess || this.row?.hasCalls !== true) return undefined;
    return this.run.rows.call(this.id, fingerprint);
  }

  /** Keeps target states of an earlier run as they are. */
  contain(states: Iterable<readonly [providerId: number, key: Uint8Array]>): void {
    for (const [providerId, key] of states) this.contained.add(stateKey(providerId, key));
  }

  /** Keeps a stats group from ending before this component. */
  endWith(group: GroupScope): void {
    group.hold();
    this.#endingGroups ??= [];
    this.#endingGroups.push(group);
  }

  /** Lets go of the groups that were to end with this component; those of an aborted run, which has not deleted all, fail with it. */
  completeGroups(): void {
    if (this.run.isAborted) return;
    for (const group of this.#endingGroups ?? []) group.release();
  }

  /** Says that something live was mounted in it. */
  markLive(): void {
    this.hasLiveParts = true;
    if (this.parent?.hasLiveParts === false) this.parent.markLive();
  }

  /** It has mounted a child that was over at once. */
  noteMount(): void {
    this.#hasMounted = true;
    this.giveUpSlot();
  }

  /** It has mounted a child, and waits for it. */
  enterChild(): void {
    this.#hasMounted = true;
    this.#numChildrenUnderWay++;
    this.readiness.enter();
  }

  /** A child is over. */
  leaveChild(): void {
    this.#numChildrenUnderWay--;
    this.readiness.leave();
  }

  /** Takes a slot that was acquired for it. */
  takeSlot(): void {
    this.#holdsSlot = true;
  }

  /** Gives its slot back, if it has one: at its first mount, so that a tree deeper than the slots cannot block itself, or at its end. */
  giveUpSlot(): void {
    if (!this.#holdsSlot) return;
    this.#holdsSlot = false;
    this.run.slots.release();
  }
}

function isSameRow(a: ChildRow, b: ChildRow): boolean {
  return a.memo === b.memo && a.name === b.name && a.hasCalls === b.hasCalls && a.hasChildren === b.hasChildren;
}
