import { byteString } from "../../state/byte-string.ts";
import type { ChildRow } from "../records/row.ts";
import { MountCompletion } from "../run/mount-completion.ts";
import type { MountHandle } from "../run/mount-handle.ts";
import type { Failure } from "./failure.ts";
import type { LiveChildren } from "./live-children.ts";
import type { LiveOperation } from "./live-operation.ts";
import type { SourceReporter } from "./source-reporter.ts";

/** The children of one live source, and the reporter of the failures of operations on them. */
export interface ChildOperationTarget {
  readonly children: LiveChildren;
  readonly reporter: SourceReporter;
}

/** An operation on one child of a live source. Its outcome is a handle, as soon as the operation has begun or waits. */
export abstract class ChildOperation implements LiveOperation<MountHandle> {
  readonly key: string;
  readonly at: Date | undefined;
  readonly #target: ChildOperationTarget;
  /** The row of the child when the operation was queued. */
  readonly #row: ChildRow | undefined;
  readonly #begun = Promise.withResolvers<void>();
  readonly #completion = new MountCompletion();

  constructor(target: ChildOperationTarget, path: Uint8Array, at: Date | undefined) {
    this.key = byteString(path);
    this.at = at;
    this.#target = target;
    this.#row = target.children.find(path);
    this.#completion.enter();
    this.#completion.close();
  }

  get outcome(): Promise<MountHandle> {
    return this.#begun.promise.then(() => this.#completion.handle);
  }

  defer(): void {
    // The child is outdated: other components may take its target states over.
    if (this.#row !== undefined) this.#target.children.parent.run.mounted.noteOutdated(this.#row.id);
    this.begin();
  }

  async apply(): Promise<boolean> {
    this.#end(await this.#performAndReport());
    return true;
  }

  abandon(): void {
    if (this.#row !== undefined) this.#target.children.parent.run.mounted.noteCurrent(this.#row.id);
    this.#end();
  }

  /** Changes the child, and calls {@link begin} on the way. Returns a failure that is reported already. */
  protected abstract perform(children: LiveChildren): Promise<Failure | undefined>;

  /** Gives the caller the handle. */
  protected begin(): void {
    this.#begun.resolve();
  }

  async #performAndReport(): Promise<Failure | undefined> {
    try {
      return await this.perform(this.#target.children);
    } catch (error) {
      return this.#target.reporter.reportFailure(error);
    }
  }

  #end(failure?: Failure): void {
    this.begin();
    this.#completion.leave(failure);
  }
}
