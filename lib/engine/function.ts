import { argumentHint } from "../options/argument-hint.ts";
import { checkOptions, type OptionChecks } from "../options/check-options.ts";
import { describeValue } from "../options/describe-value.ts";
import { ANYTHING, BOOLEAN, TEXT } from "../options/option-check.ts";
import { callMemoized } from "./execution/call-memoized.ts";
import { currentFrame, Frame, requireNoOtherCopy, runInFrame } from "./run/frame.ts";
import {
  createInfo,
  functionKey,
  type ComponentFunction,
  type FnOptions,
  type FunctionInfo,
} from "./memo/function-info.ts";
import { Dependencies } from "./memo/logic.ts";
import { formatOneMemoKey, memoKey } from "./memo/memoizable.ts";

/**
 * Makes a component function: one that can be mounted, whose logic takes part in change detection, and that is memoized
 * if asked.
 *
 * Called directly inside a component it is a plain call; with `memo` its answers are then remembered for that component.
 *
 * @throws TypeError for a function without a name, unless `name` is given, for a bound or native function without `version` or `deps`,
 * and for wrong options
 */
export function fn<A extends readonly unknown[], R>(implementation: (...args: A) => R): ComponentFunction<A, R>;
export function fn<A extends readonly unknown[], R>(
  options: FnOptions,
  implementation: (...args: A) => R,
): ComponentFunction<A, R>;
export function fn(
  first: FnOptions | ((...args: never[]) => unknown),
  second?: (...args: never[]) => unknown,
): ComponentFunction<readonly never[], unknown> {
  if (typeof first === "function" && typeof second === "object" && second !== null) {
    throw new TypeError(
      "Cannot make a component function: the options come first, as in `fn({ memo: true }, f)`, " +
        `got ${describeValue(second)} after the function`,
    );
  }
  const [options, implementation] = typeof first === "function" ? [{}, first] : [first, second];
  if (typeof implementation !== "function") {
    throw new TypeError(
      `Cannot make a component function: the implementation must be a function, got ${typeof implementation}${argumentHint(implementation)}`,
    );
  }
  return createFunction(checkOptions("make a component function", options, CHECKS), implementation);
}

function createFunction(
  options: FnOptions,
  implementation: (...args: never[]) => unknown,
): ComponentFunction<readonly never[], unknown> {
  const info = createInfo(options, implementation);
  function call(this: unknown, ...args: never[]): unknown {
    return invoke(info, () => Reflect.apply(implementation, this, args), args);
  }
  Object.defineProperty(call, "name", { value: info.name });
  Object.defineProperty(call, "length", { value: implementation.length });
  return Object.assign(call, {
    [functionKey]: info,
    [memoKey]: () => info.logicId,
    [formatOneMemoKey]: () => info.formatOneLogicId,
  });
}

/** A direct call: recorded in the caller's logic, answered from the memo where there is one. */
function invoke(info: FunctionInfo, run: () => unknown, args: readonly unknown[]): unknown {
  const frame = currentFrame();
  if (frame === undefined) {
    requireNoOtherCopy(`call component function \`${info.name}\``);
    return run();
  }
  if (info.isMemoized) return callMemoized(frame, info, run, args);
  if (info.logicTracking === "full") {
    frame.dependencies.addCallee(info.logicId);
    return run();
  }
  const dependencies = new Dependencies(info.logicTracking, frame.dependencies);
  if (info.logicTracking === "self") dependencies.addOwn(info.logicId);
  return runInFrame(new Frame(frame.component, frame.scope, dependencies, frame.call), run);
}

const CHECKS: OptionChecks<FnOptions> = {
  memo: BOOLEAN,
  version: { wanted: "a finite number", accepts: (value) => Number.isFinite(value) },
  deps: ANYTHING,
  name: TEXT,
  logicTracking: {
    wanted: '"full", "self" or "none"',
    accepts: (value) => value === "full" || value === "self" || value === "none",
  },
};
