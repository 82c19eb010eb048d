import type { DeleteLimit } from "../engine/run/delete-limit.ts";
import type { Environment } from "./environment.ts";
import type { RunObserver } from "./run-observer.ts";

/** The properties of an app that a run depends on. */
export interface RunnableApp {
  readonly name: string;
  readonly environment: Environment;
  readonly maxInflightComponents: number;
}

/** How an app is run. */
export interface RunAppOptions {
  readonly kind: "update" | "drop";
  /** How often progress is printed; `undefined` for never. */
  readonly intervalMs: number | undefined;
  readonly maxDeletes: DeleteLimit | undefined;
  readonly isFullReprocess: boolean;
  readonly isLive: boolean;
  readonly signal: AbortSignal | undefined;
  readonly observer: RunObserver;
}
