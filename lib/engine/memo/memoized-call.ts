/** A memoized call that is being executed; what is declared in it is remembered with its answer. */
export class MemoizedCall {
  readonly name: string;
  readonly declared: (readonly [providerId: number, key: Uint8Array])[] = [];
  readonly #outer: MemoizedCall | undefined;

  constructor(name: string, outer: MemoizedCall | undefined) {
    this.name = name;
    this.#outer = outer;
  }

  /** Notes a target state that was declared in this call. */
  declare(providerId: number, key: Uint8Array): void {
    this.declared.push([providerId, key]);
    this.#outer?.declare(providerId, key);
  }
}
