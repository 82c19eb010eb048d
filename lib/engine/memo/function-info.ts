import { isLiveClass, type LiveClass } from "./live-class.ts";
import { argumentHint } from "../../options/argument-hint.ts";
import { Logic } from "./loaded-logic.ts";
import type { LogicTracking } from "./logic.ts";
import { otherCopyError, OWN_COPY, type PackageCopy } from "./package-copy.ts";

/** Options of {@link fn}. */
export interface FnOptions {
  /** Whether an execution is skipped while its logic, its arguments and what it depends on are unchanged. @default false */
  readonly memo?: boolean;
  /** Stands for the code in change detection: while it stays the same, editing the function changes nothing. */
  readonly version?: number;
  /** Data that the function depends on besides its arguments, such as settings; compared by value, read once. */
  readonly deps?: unknown;
  /** The name in paths, stats and metrics. @default the function's own name */
  readonly name?: string;
  /**
   * `"full"`: a change in this function or in one made by `fn` that it calls invalidates memos; `"self"`: only a change in this
   * one; `"none"`: neither. With `"none"`, `version` and `deps` must be left out. @default "full"
   */
  readonly logicTracking?: LogicTracking;
}

/** What the engine knows of a component function. */
export interface FunctionInfo {
  readonly name: string;
  readonly logicId: string;
  /** The copy of this package that has made the function. */
  readonly copy: PackageCopy;
  /** The id that Tidemark 0.1 gave its logic; `undefined` for `deps` that 0.1 refused. */
  readonly formatOneLogicId: string | undefined;
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
  if (isComponentFunction(target)) {
    const info = target[functionKey];
    if (info.copy === OWN_COPY) return info;
    throw otherCopyError("mount a component", `component function \`${info.name}\``, info.copy);
  }
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
  if (live.name === "") {
    throw new TypeError("Cannot mount a live component: its class needs a name, got a class without one");
  }
  const { name } = live;
  const source = textOf(live);
  return describe(new Logic({ name, source, version: undefined, deps: undefined }), {
    name,
    isMemoized: false,
    logicTracking: "full",
    // What it runs is the method of an instance; see `ProcessOperation`.
    implementation: () => source,
    live,
  });
}

/**
 * Registers a function and gives what the engine knows of it from then on.
 *
 * @throws TypeError for a function without a name, without code to compare, or with options that contradict each other
 */
export function createInfo(options: FnOptions, implementation: (...args: never[]) => unknown): FunctionInfo {
  const name = options.name ?? implementation.name;
  if (name === "") {
    throw new TypeError(
      "Cannot make a component function: it needs a name, got a function without one; name the function, or give `name` in the options. " +
        "A bundler that minifies removes names: have it keep them (`keepNames` of esbuild)",
    );
  }
  const { deps, logicTracking = "full", memo = false, version } = options;
  if (logicTracking === "none") requireUntracked(name, options);
  const formatOneSource = textOf(implementation);
  const source = isComponentFunction(implementation) ? implementation[functionKey].logicId : formatOneSource;
  requireFunction(name, source);
  if (logicTracking !== "none" && version === undefined && deps === undefined) requireCode(name, source);
  return describe(new Logic({ name, source, formatOneSource, version, deps }), {
    name,
    isMemoized: memo,
    logicTracking,
    implementation,
  });
}

function describe(logic: Logic, info: Omit<FunctionInfo, "copy" | "logicId" | "formatOneLogicId">): FunctionInfo {
  return Object.freeze({
    ...info,
    copy: OWN_COPY,
    formatOneLogicId: logic.formatOneId,
    get logicId() {
      return logic.id;
    },
  });
}

function textOf(target: object): string {
  return Function.prototype.toString.call(target);
}

/** The source text of native functions, bound functions and proxies. */
const NATIVE = /\{\s*\[native code\]\s*\}$/;

/** The source text of a class: a call throws. A method may be called `class`. */
const CLASS = /^class(?:\s*\{|\s+[^\s(])/;

function requireFunction(name: string, source: string): void {
  if (!CLASS.test(source)) return;
  throw new TypeError(
    `Cannot make component function \`${name}\`: it must be a function, got a class that is no live component`,
  );
}

function requireCode(name: string, source: string): void {
  if (!NATIVE.test(source)) return;
  throw new TypeError(
    `Cannot make component function \`${name}\`: its code must be readable, got a bound or native function, of which neither a new ` +
      "version nor bound values can be seen; call it in a function of your own, or give `fn` a `version` or `deps`",
  );
}

function requireUntracked(name: string, options: FnOptions): void {
  for (const option of ["version", "deps"] as const) {
    if (options[option] === undefined) continue;
    throw new TypeError(
      `Cannot make component function \`${name}\`: \`${option}\` must be left out with \`logicTracking: "none"\`, which ignores it; ` +
        "leave one of them out",
    );
  }
}
