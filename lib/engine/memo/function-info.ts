import { isLiveClass, type LiveClass } from "./live-class.ts";
import { argumentHint } from "../../options/argument-hint.ts";
import { registerLogic, type LogicTracking } from "./logic.ts";

/** Options of {@link fn}. */
export interface FnOptions {
  /** Whether an execution is skipped while its logic, its arguments and what it depends on are unchanged. @default false */
  readonly memo?: boolean;
  /** Stands for the source text in change detection: while it stays the same, editing the source changes nothing. */
  readonly version?: number;
  /** Data that the function depends on besides its arguments, such as settings; compared by value, read once. */
  readonly deps?: unknown;
  /** The name in paths, stats and metrics. @default the function's own name */
  readonly name?: string;
  /**
   * `"full"`: a change in this function or in one made by `fn` that it calls invalidates memos; `"self"`: only a change in this
   * one; `"none"`: neither. @default "full"
   */
  readonly logicTracking?: LogicTracking;
}

/** What the engine knows of a component function. */
export interface FunctionInfo {
  readonly name: string;
  readonly logicId: string;
  readonly isMemoized: boolean;
  readonly logicTracking: LogicTracking;
  readonly implementation: (...args: never[]) => unknown;
  /** The class of live components that it stands for, which is mounted instead of the implementation. */
  readonly live?: LiveClass;
}

/** What can be mounted: a function made by {@link fn}, a plain one with a name, or a class of live components. */
export type MountTarget<A extends readonly unknown[], R> = ((...args: A) => R) | LiveClass<A>;

/** A function made by {@link fn}: call it, or mount it as a component. */
export interface ComponentFunction<A extends readonly unknown[], R> {
  (...args: A): R;
  readonly [functionKey]: FunctionInfo;
}

/** The key under which a component function keeps what the engine knows of it. */
export const functionKey: unique symbol = Symbol.for("tidemark.function");

const wrapped = new WeakMap<object, FunctionInfo>();

/** What the engine knows of `target`; a plain function, or a class, becomes known then. */
export function functionInfo<A extends readonly unknown[]>(
  target: MountTarget<A, unknown>,
  fallbackName?: string,
): FunctionInfo {
  if (typeof target !== "function") {
    throw new TypeError(
      `Cannot mount a component: it must be a function, got ${target === null ? "null" : typeof target}${argumentHint(target)}`,
    );
  }
  if (isComponentFunction(target)) return target[functionKey];
  let info = wrapped.get(target);
  if (info === undefined) {
    const name = target.name === "" && fallbackName !== undefined ? { name: fallbackName } : {};
    info = isLiveClass(target) ? classInfo(target) : createInfo(name, target as (...args: A) => unknown);
    wrapped.set(target, info);
  }
  return info;
}

function isComponentFunction(target: object): target is ComponentFunction<readonly never[], unknown> {
  return functionKey in target;
}

function classInfo(live: LiveClass): FunctionInfo {
  const source = (): string => live.toString();
  if (live.name === "") {
    throw new TypeError("Cannot mount a live component: its class needs a name, got a class without one");
  }
  return Object.freeze({
    name: live.name,
    logicId: registerLogic({ name: live.name, source: source(), version: undefined, deps: undefined }),
    isMemoized: false,
    logicTracking: "full",
    // What it runs is the method of an instance; see `ProcessOperation`.
    implementation: source,
    live,
  });
}

/** Registers a function and gives what the engine knows of it from then on. */
export function createInfo(options: FnOptions, implementation: (...args: never[]) => unknown): FunctionInfo {
  const name = options.name ?? implementation.name;
  if (name === "") {
    throw new TypeError(
      "Cannot make a component function: it needs a name, got a function without one; name the function, or give `name` in the options. " +
        "A bundler that minifies removes names: have it keep them (`keepNames` of esbuild)",
    );
  }
  const { version, deps } = options;
  return Object.freeze({
    name,
    logicId: registerLogic({ name, source: implementation.toString(), version, deps }),
    isMemoized: options.memo ?? false,
    logicTracking: options.logicTracking ?? "full",
    implementation,
  });
}
