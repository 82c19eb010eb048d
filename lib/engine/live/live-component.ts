import type { LiveMapChange } from "../sources/live-map-feed.ts";
import type { MountHandle } from "../run/mount-handle.ts";
import type { MountPath } from "../run/subpath.ts";

/**
 * A component that follows changes in a live run: `processLive` decides when the component, or a single child, is executed again. Give
 * its class to `mount`. Each mount, and each retry after a failure, creates an instance with the arguments.
 */
export interface LiveComponent {
  /** Mounts children and declares target states, as any component function does; run by {@link LiveComponentOperator.updateFull}. */
  process(): void | Promise<void>;
  /**
   * Calls the methods of `operator` until `operator.signal` is aborted; then releases its resources, and returns or throws. Returning
   * before the abort ends the component's changes: its children stay mounted. Throwing before the abort is a failure: it is reported,
   * and a live run retries with exponential backoff.
   *
   * This method cannot mount or declare anything itself: `process` can, and the children that `operator` mounts.
   */
  processLive(operator: LiveComponentOperator): Promise<void>;
}

/** A class of live components; the component has the name of the class. */
export type LiveComponentClass<A extends readonly unknown[] = readonly never[]> = new (...args: A) => LiveComponent;

/**
 * The operations of a live component. Operations on one subpath run one at a time, and the newest waiting one supersedes the others.
 * `updateFull` runs after all operations called before it, and before all called later. Once `signal` is aborted, every method rejects
 * with its reason; such a rejection may be ignored.
 */
export interface LiveComponentOperator {
  /** Aborted when the run ends, or when the component is mounted again or removed. */
  readonly signal: AbortSignal;
  /**
   * Runs `process` and applies everything that it mounts and declares. All other children are deleted, also those mounted by `update`.
   * A failure goes to the exception handlers; the promise rejects with the error that they throw.
   */
  updateFull(change?: LiveMapChange): Promise<void>;
  /**
   * Mounts `target` with `args` below this component, again or for the first time. Resolves when the operation has begun or waits for
   * its turn; `ready()` of the handle resolves when it is applied, or superseded by a newer operation on the subpath.
   */
  update<A extends readonly unknown[]>(
    subpath: MountPath,
    target: ((...args: A) => unknown) | LiveComponentClass<A>,
    ...args: NoInfer<A>
  ): Promise<MountHandle>;
  /** Removes the component at a subpath and all of its target states; without such a component, does nothing. */
  delete(subpath: MountPath): Promise<MountHandle>;
  /**
   * Marks the end of the initial operations: once they are applied, the component is ready. A run that is not live ends the component
   * then: the signal is aborted, and this method rejects with its reason. Calling it again does nothing.
   */
  markReady(): Promise<void>;
  /** Reports a failure that does not end the component to the exception handlers and `failures()`. */
  reportException(error: unknown): Promise<void>;
}
