/** Counts what is under way; ready when registration is closed and nothing is left. */
export class Readiness {
  #pending = 0;
  #isClosing = false;
  #isClosed = false;
  #isReady = false;
  #ready: PromiseWithResolvers<void> | undefined;
  readonly #onReady: (() => void) | undefined;
  #closing: (() => void)[] | undefined;

  constructor(onReady?: () => void) {
    this.#onReady = onReady;
  }

  /** Whether everything is done and nothing can come any more. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Whether registration is over. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether registration is over, or is ending at this moment. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** One more is under way. */
  enter(): void {
    this.#pending++;
  }

  /** One is done. */
  leave(): void {
    this.#pending--;
    this.#checkReady();
  }

  /** Has `action` called when it is closed: with what is still open then, it would never be ready. */
  onClose(action: () => void): void {
    this.#closing ??= [];
    this.#closing.push(action);
  }

  /** No more will come, except from what is under way. */
  close(): void {
    this.#isClosing = true;
    for (const action of this.#closing?.splice(0) ?? []) action();
    this.#isClosed = true;
    this.#checkReady();
  }

  /** Resolves when ready. */
  async wait(): Promise<void> {
    if (this.#isReady) return;
    this.#ready ??= Promise.withResolvers();
    await this.#ready.promise;
  }

  #checkReady(): void {
    if (this.#isReady || !this.#isClosed || this.#pending > 0) return;
    this.#isReady = true;
    this.#ready?.resolve();
    this.#onReady?.();
  }
}
