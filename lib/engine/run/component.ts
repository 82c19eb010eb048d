import { TidemarkError } from "../../errors.ts";
import type { Cell } from "../../progress/cell.ts";
import type { Report } from "../../progress/report.ts";
import type { RosterEntry } from "../../progress/roster.ts";
import { decodePath, formatPath, joinPaths } from "../../state/stable-key.ts";
import type { StateChange } from "../../state/store.ts";
import type { BodyHost } from "./body-host.ts";
import type { CallResults } from "../memo/call-results.ts";
import { ComponentBody } from "./component-body.ts";
import type { TargetOwner } from "../targets/bind-targets.ts";
import type { DeclaredStates } from "../targets/declared-states.ts";
import type { Provider } from "../targets/providers.ts";
import type { StableKey } from "../../state/stable-key.ts";
import { fingerprintOf, formatOneFingerprintOf } from "../memo/call-fingerprint.ts";
import type { ArgumentsFingerprint } from "../memo/fingerprint.ts";
import type { FunctionInfo } from "../memo/function-info.ts";
import type { Asked, MemoBasis } from "../memo/memo-check.ts";
import type { SharedArguments } from "../memo/shared-arguments.ts";
import type { Mounting } from "./mounting.ts";
import type { CallRow, ChildRow, MemoRow } from "../records/row.ts";
import { isLongPath } from "../records/row-keys.ts";
import type { Interruptible, Run } from "./run.ts";

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
  /** Its arguments after the first, where other components have the same. */
  readonly shared?: SharedArguments | undefined;
  readonly asked?: Asked | undefined;
}

/** One component in one run: its place in the tree, its row and its slot. Its {@link ComponentBody} is created when it is first needed. */
export class Component implements BodyHost {
  readonly run: Run;
  readonly parent: Component | undefined;
  readonly id: number;
  readonly relativePath: Uint8Array;
  readonly info: FunctionInfo;
  readonly args: readonly unknown[];
  readonly mounting: Mounting;
  readonly report: Report;
  readonly cell: Cell;
  /** Whether a component below has failed, or a listing here or below: then no memo is stored. */
  hasFailedChild = false;
  /** Whether it, or a component below it, has mounted something live: then no memo is stored, so that it is never skipped. */
  hasLiveParts = false;
  /** The row as it is stored, or is being stored. */
  row: ChildRow | undefined;
  /** Ends the wait for the function or for the children, when the run is aborted. */
  interrupt: ((reason: unknown) => void) | undefined;
  /** The run's note that it is under way. */
  underWay: RosterEntry<Interruptible> | undefined;
  /** What is known of its memo already. */
  readonly asked: Asked | undefined;
  /** The call that a memo is stored for, taken before the function runs; `undefined` when no memo may be stored. */
  memoBasis: MemoBasis | undefined;
  readonly #shared: SharedArguments | undefined;
  #call: ArgumentsFingerprint | undefined;
  #hasFormatOneCalls: boolean | undefined;
  #body: ComponentBody | undefined;
  #holdsSlot = false;
  #givenUp: { readonly reason: unknown } | undefined;

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
    this.#shared = options.shared;
    this.report = options.mounting.group?.report ?? options.parent?.report ?? options.run.report;
    this.cell = this.report.cell(options.info.name);
  }

  /** What its function has mounted, declared and called so far. */
  get body(): ComponentBody {
    this.#body ??= new ComponentBody(this, this.info);
    return this.#body;
  }

  /** Whether it only waits for what it has mounted. */
  get isWaiting(): boolean {
    return this.#body?.isWaiting === true;
  }

  get declared(): DeclaredStates {
    return this.body.declared;
  }

  get calls(): CallResults {
    return this.body.calls;
  }

  get root(): string {
    return this.run.project.root;
  }

  get maxConcurrency(): number {
    return this.run.maxInflightComponents;
  }

  /** Whether all of its stored children were mounted in this run, as far as can be told without looking at each of them. */
  get hasFoundAll(): boolean {
    return this.row?.hasChildren !== true || this.body.children.haveAllBeenFound;
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

  /**
   * The fingerprint of its function and arguments, taken when it is first asked for: before the function runs.
   *
   * @throws TypeError for an argument that cannot be compared
   */
  get call(): ArgumentsFingerprint {
    this.#call ??= this.#fingerprint();
    return this.#call;
  }

  /** The fingerprint that Tidemark 0.1 would have taken; `undefined` when it cannot be known. */
  formatOneCall(): ArgumentsFingerprint | undefined {
    return this.#shared === undefined
      ? formatOneFingerprintOf(this.info, this.args, this.root)
      : this.#shared.formatOneFingerprint(this.args[0]);
  }

  /** Stores no memo if an argument was altered since its fingerprint was taken: the function sees other arguments. */
  dropBasisIfAltered(): void {
    const basis = this.memoBasis;
    if (basis === undefined) return;
    this.memoBasis = undefined;
    if (Buffer.compare(this.#fingerprint().fingerprint, basis.call.fingerprint) === 0) this.memoBasis = basis;
  }

  /** Ends the wait for its function, which may never end; not that for what the function has mounted. Its start is taken back. */
  giveUp(reason: unknown): void {
    if (this.body.readiness.isClosed || this.interrupt === undefined) return;
    this.#givenUp = { reason };
    this.interrupt(reason);
  }

  /** Whether `error` is the reason with which it was given up, or the run aborted. */
  isAbortReason(error: unknown): boolean {
    return this.run.isAbortReason(error) || (this.#givenUp !== undefined && this.#givenUp.reason === error);
  }

  /** Throws unless something can still be mounted or declared here; `act` says what, for the error. */
  requireOpen(act: string): void {
    this.throwIfAborted();
    if (this.#body?.readiness.isReady !== true) return;
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
    const { ids, rows } = this.run;
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
    this.parent?.body.children.release(this.relativePath);
    const parentId = this.parent?.id ?? this.id;
    return [...ids.unwritten(), rows.putChild(parentId, this.relativePath, next)];
  }

  throwIfAborted(): void {
    this.run.throwIfAborted();
  }

  canonicalPath(path: readonly StableKey[]): readonly StableKey[] {
    return this.run.providers.canonicalPath(path);
  }

  findProvider(path: readonly StableKey[]): Provider | undefined {
    return this.run.providers.find(path);
  }

  isWithin(owner: TargetOwner): boolean {
    return this.run === owner.run && (this.id === owner.id || this.parent?.isWithin(owner) === true);
  }

  ownsTarget(providerId: number, key: Uint8Array): boolean {
    return this.run.rows.owner(providerId, key) === this.id;
  }

  holds(dependencies: string): boolean {
    return this.run.holds(dependencies);
  }

  translate(dependencies: string): string {
    return this.run.translate(dependencies);
  }

  get hasFormatOneCalls(): boolean {
    if (this.run.isFullReprocess || this.row?.hasCalls !== true) return false;
    this.#hasFormatOneCalls ??= this.run.rows.hasFormatOneCalls(this.id);
    return this.#hasFormatOneCalls;
  }

  storedCall(fingerprint: Uint8Array): CallRow | undefined {
    if (this.run.isFullReprocess || this.row?.hasCalls !== true) return undefined;
    return this.run.rows.call(this.id, fingerprint);
  }

  putCall(row: CallRow): StateChange {
    return this.run.rows.putCall(this.id, row);
  }

  /** Says that something live was mounted in it. */
  markLive(): void {
    this.hasLiveParts = true;
    if (this.parent?.hasLiveParts === false) this.parent.markLive();
  }

  /** Takes a slot that was acquired for it. */
  takeSlot(): void {
    this.#holdsSlot = true;
  }

  #fingerprint(): ArgumentsFingerprint {
    return this.#shared?.fingerprint(this.args[0]) ?? fingerprintOf(this.info, this.args, this.root);
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
