import type { StateStore } from "../../lib/state/store.ts";

/** Opens an empty store for one test; disposing it also removes what it left behind. */
export type OpenStore = () => Promise<{ readonly store: StateStore } & AsyncDisposable>;
