import { Readiness } from "./readiness.ts";

/** What a mount gives: it tells when what was mounted, and everything below it, has been applied. */
export class MountHandle {
  readonly #readiness = new Readiness();
  #failure: { readonly error: unknown } | undefined;

  /**
   * Resolves when it and everything below it is applied, failed or cancelled; may be called again.
   *
   * @throws what the last exception handler threw, where none has swallowed a failure
   */
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
