import { decodePath, encodePath } from "../../state/stable-key.ts";
import type { AppRows } from "../records/app-rows.ts";
import { IdSequence } from "../records/id-sequence.ts";
import { ownedIn } from "../targets/owned-states.ts";
import { definedHandler, Providers, type Provider } from "../targets/providers.ts";
import { quietly } from "./scan-rows.ts";

/** The handlers of recorded target states, found without a run and without a write. */
export class RecordedProviders {
  readonly #rows: AppRows;
  readonly #providers: Providers;
  readonly #found = new Map<number, Provider | undefined>();

  constructor(rows: AppRows, root: string) {
    this.#rows = rows;
    // Only paths that have an id are looked up, so no id is given out.
    const ids = new IdSequence(rows, () => {});
    this.#providers = new Providers(rows, ids, {
      root,
      isLeftOver: () => false,
      ownedIn: (target) => ownedIn(rows, target),
    });
  }

  /**
   * Finds the provider with an id; `undefined` where its target is not defined in this process, or where states go with their container.
   *
   * @throws the error of a container handler that cannot open its inside
   */
  find(id: number): Provider | undefined {
    if (!this.#found.has(id)) this.#found.set(id, this.#isKnown(id) ? this.#providers.resolve(id) : undefined);
    return this.#found.get(id);
  }

  #isKnown(id: number): boolean {
    const path = quietly(() => this.#rows.providerPath(id));
    if (path === undefined) return false;
    const keys = decodePath(path);
    const isStored = keys.every((_, at) => {
      return quietly(() => this.#rows.providerId(encodePath(keys.slice(0, at + 1)))) !== undefined;
    });
    return isStored && definedHandler(keys[0]!) !== undefined;
  }
}
