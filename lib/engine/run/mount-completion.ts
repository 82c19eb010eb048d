import type { MountHandle } from "./mount-handle.ts";
import { Readiness } from "./readiness.ts";

/** Counts the components that one mount has begun, and keeps the first failure that no exception handler swallowed. */
export class MountCompletion {
  readonly #readiness = new Readiness();
  #failure: { readonly error: unknown } | undefined;

  /** What the caller of the mount gets: it can wait, and change nothing. */
  get handle(): MountHandle {
    return new CompletionHandle(this);
  }

  /** As {@link MountHandle.ready}. */
  async ready(): Promise<void> {
    await this.#readiness.wait();
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** One more component belongs to it. */
  enter(): void {
    this.#readiness.enter();
  }

  /** One component is done; `failure` is what no handler has swallowed. */
  leave(failure?: { readonly error: unknown }): void {
    this.#failure ??= failure;
    this.#readiness.leave();
  }

  /** No more components will come. */
  close(): void {
    this.#readiness.close();
  }
}

class CompletionHandle implements MountHandle {
  readonly #completion: MountCompletion;

  constructor(completion: MountCompletion) {
    this.#completion = completion;
  }

  ready(): Promise<void> {
    return this.#completion.ready();
  }
}
