import type { Report } from "../../progress/report.ts";
import type { ChildRow } from "../records/row.ts";
import type { ExceptionHandler } from "./exceptions.ts";
import { IdSet } from "./id-set.ts";

/** A component that has lost its own file while it ran, as its deletion needs it. */
export interface LostComponent {
  /** The report that has counted its start, which is taken back, and counts its delete. */
  readonly report: Report;
  readonly handlers: readonly ExceptionHandler[];
  /** Whether the delete counts: the component had a record before it was executed. */
  readonly isCounted: boolean;
}

/**
 * The components of one run, by id: which are mounted, which of those were memo hits, which lost a target state, which are to be deleted.
 * Everything that decides whether a component may keep what it has outside asks here.
 */
export class MountedComponents {
  readonly #childIds: (id: number) => Iterable<number>;
  /** From the mount until the next mount of the same component, or of one above it. */
  readonly #mounted = new IdSet();
  readonly #hits = new IdSet();
  readonly #declared = new IdSet();
  /** Mounted at any time in this run, and not unmounted since; kept only where components may be mounted again. */
  #visited: IdSet | undefined;
  readonly #outdated = new Set<number>();
  readonly #losers = new Set<number>();
  readonly #deleteAttempts = new Set<number>();
  #lost: Map<number, LostComponent> | undefined;
  /** The handlers of a failure to delete, by the id of the component to delete or of one above it. */
  readonly #deletionHandlers = new Map<number, readonly ExceptionHandler[]>();
  /** The components above pending deletions of earlier runs; `undefined` without any. */
  #pendingOwners: ReadonlySet<number> | undefined;

  /** `childIds` lists the ids of the stored children of a component. */
  constructor(childIds: (id: number) => Iterable<number>) {
    this.#childIds = childIds;
  }

  /** Whether a component is mounted. */
  has(id: number): boolean {
    return this.#mounted.has(id);
  }

  /** Mounts a component, for the first time in this run or again. */
  mount(id: number, row: ChildRow | undefined): void {
    if (this.#visited?.has(id) === true) this.unmount(id, row);
    this.#mounted.add(id);
    this.#visited?.add(id);
    this.#lost?.delete(id);
  }

  /** Takes a mount back, and those of the children: they are to be mounted again, or deleted. */
  unmount(id: number, row: ChildRow | undefined): void {
    const wasVisited = this.#visited?.has(id);
    this.#visited?.delete(id);
    for (const set of [this.#mounted, this.#hits, this.#declared, this.#outdated]) set.delete(id);
    if (wasVisited !== true || row?.hasChildren !== true) return;
    for (const child of this.#childIds(id)) this.#mounted.delete(child);
  }

  /** Forgets a component that is deleted: a live run deletes for ever. */
  forget(id: number): void {
    this.unmount(id, undefined);
    this.#deleteAttempts.delete(id);
    this.#deletionHandlers.delete(id);
    this.#losers.delete(id);
    this.#lost?.delete(id);
  }

  /** Takes the mount of a component back that has lost its own file: it is to be deleted as any vanished one. */
  noteLost(id: number, row: ChildRow | undefined, lost: LostComponent): void {
    this.unmount(id, row);
    this.#lost ??= new Map();
    this.#lost.set(id, lost);
  }

  /** Returns how a component was lost that is not deleted yet, or mounted again; `undefined` for any other. */
  lost(id: number): LostComponent | undefined {
    return this.#lost?.get(id);
  }

  /** Whether a component may be mounted more than once in this run. */
  get expectsRemounts(): boolean {
    return this.#visited !== undefined;
  }

  /** Expects remounts from now on. Call before the first live source or live component begins. */
  expectRemounts(): void {
    this.#visited ??= new IdSet();
  }

  /** Notes a memo hit: the component keeps everything that it declared in earlier runs. */
  noteHit(id: number): void {
    this.#hits.add(id);
  }

  /** Notes that a component has declared all its target states for this run. */
  noteDeclared(id: number): void {
    this.#declared.add(id);
  }

  /** Notes that a mounted component waits to be run again, or to be deleted: others may take its target states over. */
  noteOutdated(id: number): void {
    this.#outdated.add(id);
  }

  /** Takes {@link noteOutdated} back. */
  noteCurrent(id: number): void {
    this.#outdated.delete(id);
  }

  /**
   * Whether `owner` keeps its target states in this run as far as is known: it has declared them, or it or a component above it was a
   * memo hit. `ancestors` are the ids of the components above it, from the root.
   */
  keepsTargets(owner: number, ancestors: readonly number[]): boolean {
    for (const id of [...ancestors, owner]) {
      // While a component is run again in a live run, what it mounted before says nothing.
      if (!this.#mounted.has(id) || this.#outdated.has(id)) return false;
      if (this.#hits.has(id)) return true;
    }
    return this.#declared.has(owner);
  }

  /** Notes that another component takes a target state of `owner` over: neither its memo nor those above it are valid any more. */
  noteTaken(owner: number, ancestors: readonly number[]): void {
    for (const id of [owner, ...ancestors]) this.#losers.add(id);
  }

  /** Whether a component, or one below it, has lost a target state since it was last executed. */
  hasLostTarget(id: number): boolean {
    return this.#losers.has(id);
  }

  /** Notes that a component was executed after it had lost a target state: its memo is valid again. */
  noteRestored(id: number): void {
    this.#losers.delete(id);
  }

  /** Notes that the deletion of a component has begun. */
  noteDeleteAttempt(id: number): void {
    this.#deleteAttempts.add(id);
  }

  /** Whether the deletion of a component was attempted in this run: it is still there only if that failed. */
  hasDeleteAttempt(id: number): boolean {
    return this.#deleteAttempts.has(id);
  }

  /** Notes that a deletion has failed, and the handlers of a further failure. */
  noteFailedDeletion(id: number, handlers: readonly ExceptionHandler[]): void {
    this.#deletionHandlers.set(id, handlers);
  }

  /** Expects retries of deletions that earlier runs have left; `owners` are the ids of all components above them. */
  expectRetries(owners: ReadonlySet<number>): void {
    if (owners.size > 0) this.#pendingOwners = owners;
  }

  /** Notes the handlers with which a component was mounted: a retried deletion below it needs them. */
  noteHandlers(id: number, handlers: readonly ExceptionHandler[]): void {
    if (this.#pendingOwners?.has(id) === true) this.#deletionHandlers.set(id, handlers);
  }

  /** Returns the handlers for a retried deletion; `ancestors` are the ids of the components above, from the root. */
  deletionHandlers(id: number, ancestors: readonly number[]): readonly ExceptionHandler[] | undefined {
    const nearest = [...ancestors, id].findLast((one) => this.#deletionHandlers.has(one));
    return nearest === undefined ? undefined : this.#deletionHandlers.get(nearest);
  }

  /** Takes {@link noteDeleteAttempt} back for a component that is mounted again; returns whether there was one. */
  revokeDeleteAttempt(id: number): boolean {
    return this.#deleteAttempts.delete(id);
  }

  /** Forgets all delete attempts, so that failed deletions are retried. */
  forgetDeleteAttempts(): void {
    this.#deleteAttempts.clear();
  }
}
