import type { AbortGrace } from "../../time/abort-grace.ts";

/** How a component that failed had been mounted; `"live"`: it is not a component, but a live source or live component as such. */
export type MountKind = "mount" | "mountEach" | "delete" | "live";

/** What an exception handler is told. */
export interface ExceptionContext {
  /** The environment's name. */
  readonly environment: string;
  /** The name of the component function. */
  readonly component: string;
  /** The component's path, as text. */
  readonly path: string;
  /** The path of the component that mounted it, as text. */
  readonly parentPath: string;
  readonly mountKind: MountKind;
  /** `"component"`: the component threw; `"handler"`: a handler further in threw while handling it. */
  readonly source: "component" | "handler";
  /** What the component threw, where `source` is `"handler"`. */
  readonly originalError?: unknown;
}

/** Takes the failure of a mounted component. Returning swallows it; throwing hands what is thrown to the next handler out. */
export type ExceptionHandler = (error: unknown, context: ExceptionContext) => void | Promise<void>;

/**
 * Asks the handlers in turn. Resolves when one has swallowed the error; else rejects with what the last one threw. After an abort of the
 * run, whose `grace` it is, a handler that does not end is abandoned: then rejects with the abort reason.
 */
export async function handleException(
  handlers: readonly ExceptionHandler[],
  error: unknown,
  context: Omit<ExceptionContext, "source" | "originalError">,
  grace: Pick<AbortGrace, "wait">,
): Promise<void> {
  let current = error;
  let details: Pick<ExceptionContext, "source" | "originalError"> = { source: "component" };
  for (const handler of handlers) {
    try {
      const asked = current;
      const told = Object.freeze({ ...context, ...details });
      await grace.wait(() => handler(asked, told));
      return;
    } catch (thrown) {
      current = thrown;
      details = { source: "handler", originalError: error };
    }
  }
  throw current;
}
