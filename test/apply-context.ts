import type { ApplyContext } from "../lib/engine/targets/target-handler.ts";

/** The context of a call of `apply` in a run that is not aborted. */
export const applyContext: ApplyContext = { signal: new AbortController().signal };
