import { checkOptions, type OptionChecks } from "../../options/check-options.ts";
import { ANYTHING } from "../../options/option-check.ts";
import { functionInfo } from "../memo/function-info.ts";
import type { LiveComponent, LiveComponentClass, LiveComponentOperator } from "./live-component.ts";
import { pauseOperator } from "./operator-clock.ts";

/** The longest time that a timer of Node can wait, in milliseconds. */
const MAX_INTERVAL_MS = 2 ** 31 - 1;

/** Options of {@link autoRefresh}. */
export interface AutoRefreshOptions {
  /** The time between the end of one execution and the beginning of the next, in milliseconds. */
  readonly intervalMs: number;
}

const CHECKS: OptionChecks<AutoRefreshOptions> = {
  // Checked below: a wrong interval is a RangeError.
  intervalMs: ANYTHING,
};

/**
 * Creates a live component of a function whose inputs cannot report their changes: a live run executes it again and again, with a pause
 * after each execution; any other run executes it once. The function itself is never a memo hit; its children may be. A failure goes
 * to the exception handlers, and the next execution follows after the pause.
 *
 * @throws TypeError for an option that does not exist; RangeError unless `intervalMs` is greater than 0 and not greater than 2147483647
 */
export function autoRefresh<A extends readonly unknown[]>(
  target: (...args: A) => unknown,
  options: AutoRefreshOptions,
): LiveComponentClass<A> {
  const { implementation, name } = functionInfo(target);
  const { intervalMs } = checkOptions(`refresh \`${name}\``, options, CHECKS);
  if (typeof intervalMs !== "number" || !(intervalMs > 0 && intervalMs <= MAX_INTERVAL_MS)) {
    throw new RangeError(
      `Cannot refresh \`${name}\`: \`intervalMs\` must be a number of milliseconds greater than 0 and at most ${MAX_INTERVAL_MS}, ` +
        `got ${String(intervalMs)}`,
    );
  }
  class Refreshing implements LiveComponent {
    readonly #args: A;

    constructor(...args: A) {
      this.#args = args;
    }

    async process(): Promise<void> {
      await Reflect.apply(implementation, undefined, this.#args);
    }

    async processLive(operator: LiveComponentOperator): Promise<void> {
      await refresh(operator);
      await operator.markReady();
      while (!operator.signal.aborted) {
        await pauseOperator(operator, intervalMs);
        await refresh(operator);
      }
    }
  }
  Object.defineProperty(Refreshing, "name", { value: name });
  return Refreshing;
}

/** Executes the function. The operator has reported a failure to the exception handlers: the next execution may succeed. */
async function refresh(operator: LiveComponentOperator): Promise<void> {
  await operator.updateFull().catch((error: unknown) => {
    if (operator.signal.aborted) throw error;
  });
}
