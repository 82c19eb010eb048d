/** A memoized call in progress. It collects the target states that are declared in it, which are stored with its result. */
export class ExecutingCall {
  readonly name: string;
  readonly declared: (readonly [providerId: number, key: Uint8Array])[] = [];
  readonly #outer: ExecutingCall | undefined;

  /** `outer` is the memoized call that this one is made in. */
  constructor(name: string, outer: ExecutingCall | undefined) {
    this.name = name;
    this.#outer = outer;
  }

  /** Adds a target state, to the calls around this one as well. */
  declare(providerId: number, key: Uint8Array): void {
    this.declared.push([providerId, key]);
    this.#outer?.declare(providerId, key);
  }
}
