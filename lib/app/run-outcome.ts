/** How a run ends: undecided while it lasts, then with a value or with the first failure of any of its phases. */
export class RunOutcome<R> {
  readonly #signal: AbortSignal;
  #success: { readonly value: R } | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** The run is aborted by `signal`. */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** The value of the run; `undefined` before it has one. */
  get value(): R | undefined {
    return this.#success?.value;
  }

  /** The failure of the run; `undefined` while nothing has failed. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  /** The status of the run after its end; a run that has ended undecided has failed. */
  get status(): "ready" | "aborted" | "failed" {
    if (this.#failure === undefined) return this.#success === undefined ? "failed" : "ready";
    const isAborted = this.#signal.aborted && this.#failure.error === this.#signal.reason;
    return isAborted ? "aborted" : "failed";
  }

  /** Runs the phase that gives the value of the run. */
  async decide(work: () => Promise<R>): Promise<R> {
    const value = await this.attempt(work);
    this.#success = { value };
    return value;
  }

  /** Runs a phase of the run: its failure is the failure of the run. */
  async attempt<T>(phase: () => Promise<T>): Promise<T> {
    try {
      return await phase();
    } catch (error) {
      this.#failure ??= { error };
      throw error;
    }
  }
}
