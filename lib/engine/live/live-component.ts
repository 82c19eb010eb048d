import type { LiveMapChange } from "../sources/live-map-feed.ts";
import type { MountHandle } from "../run/mount-handle.ts";
import type { MountPath } from "../run/subpath.ts";

/**
 * A component that goes on: `processLive` decides when it is run again, and which of its children are. Give its class to `mount`; each
 * mount, and each new try after a failure, makes an instance with the arguments.
 */
export interface LiveComponent {
  /** Mounts and declares, as the function of any other component does; run by {@link LiveComponentOperator.updateFull}. */
  process(): void | Promise<void>;
  /**
   * Tells `operator` what to do, until `operator.signal` is aborted; then releases what it holds and ends, by returning or by throwing.
   * Returning before says that there is nothing more to do: what was mounted stays. Throwing says that it has failed: the failure is
   * reported, and in a live run it is tried again after a pause, which grows while it goes on failing.
   *
   * Nothing can be mounted or declared here; that is for `process` and for what `operator` mounts.
   */
  processLive(operator: LiveComponentOperator): Promise<void>;
}

/** A class of live components; its name is that of the component. */
export type LiveComponentClass<A extends readonly unknown[] = readonly never[]> = new (...args: A) => LiveComponent;

/**
 * What a live component tells what to do. Operations on one subpath run one at a time, and of those that wait the newest wins;
 * `updateFull` comes after all that were asked for before it, and before all that are asked for later. Once `signal` is aborted, every
 * method rejects with its reason; such a rejection may be ignored.
 */
export interface LiveComponentOperator {
  /** Aborted when the component is not wanted any more: the run ends, or it is mounted again or removed. */
  readonly signal: AbortSignal;
  /**
   * Runs `process`: all that it mounts and declares is applied, and what it does not mount any more is deleted, whoever had mounted it.
   * A failure goes to the exception handlers; rejects with what they left of it.
   */
  updateFull(change?: LiveMapChange): Promise<void>;
  /**
   * Mounts `target` with `args` below this component, again or for the first time. Resolves when that has begun or waits its turn;
   * `ready()` of the handle resolves when it is applied, or a newer operation on the subpath has taken its place.
   */
  update<A extends readonly unknown[]>(
    subpath: MountPath,
    target: ((...args: A) => unknown) | LiveComponentClass<A>,
    ...args: NoInfer<A>
  ): Promise<MountHandle>;
  /** Removes what is mounted at a subpath and all that it has outside; nothing happens if there is none. */
  delete(subpath: MountPath): Promise<MountHandle>;
  /**
   * Says that what there was at the beginning has been told: once it is applied, the component is ready. In a run that is not live that
   * is all that is wanted: the signal is aborted, and this rejects with its reason. Calling it again does nothing.
   */
  markReady(): Promise<void>;
  /** Reports a failure that the component can go on after: to the exception handlers and `failures()`. */
  reportException(error: unknown): Promise<void>;
}
