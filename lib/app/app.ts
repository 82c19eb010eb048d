import { Component } from "../engine/run/component.ts";
import { functionInfo, type FunctionInfo } from "../engine/memo/function-info.ts";
import { readMaxDeletes, type MaxDeletes } from "../engine/delete-limit.ts";
import { reportInterval } from "../engine/report-interval.ts";
import { ROOT_ID } from "../engine/records/row.ts";
import type { DeleteLimit } from "../engine/run/delete-limit.ts";
import type { Run } from "../engine/run/run.ts";
import { runToEnd } from "../engine/execution/start.ts";
import { argumentHint } from "../options/argument-hint.ts";
import { checkOptions, type OptionChecks } from "../options/check-options.ts";
import { describeValue } from "../options/describe-value.ts";
import { ANYTHING, BOOLEAN, SIGNAL, TEXT } from "../options/option-check.ts";
import { encodeKey } from "../state/stable-key.ts";
import { dropApp } from "./drop.ts";
import { defaultEnvironment, isEnvironment, stateOf, type Environment } from "./environment.ts";
import { createHandle, type DropHandle, type UpdateHandle } from "./handle.ts";
import type { RunAppOptions } from "./run-options.ts";
import { expectStart } from "./unstarted-runs.ts";

/** Options of an {@link App}. */
export interface AppConfig {
  /** Names the app in the store, in stats and in metrics. */
  readonly name: string;
  /** @default one that is shared by all apps that are given none */
  readonly environment?: Environment;
  /** The number of components that may be in flight at once. @default 1024 */
  readonly maxInflightComponents?: number;
  /**
   * The most components that may vanish below one component in one run: a number, or a share of all that the store has below it, such
   * as `"20%"`. Above it that component fails with TidemarkError `TOO_MANY_DELETES`, and nothing below it is deleted. A drop ignores
   * it. @default Infinity
   */
  readonly maxDeletes?: MaxDeletes;
}

/** Options of {@link App.update}. */
export interface UpdateOptions {
  /**
   * Goes on after everything has caught up: live sources and live components are followed, and what changes is worked off, until
   * {@link UpdateHandle.stop} is called, `signal` is aborted, or all of them have ended. @default false
   */
  readonly live?: boolean;
  /** Runs everything, as if nothing were remembered; target states are written again. @default false */
  readonly fullReprocess?: boolean;
  /** In place of {@link AppConfig.maxDeletes}, for this run. */
  readonly maxDeletes?: MaxDeletes | undefined;
  /**
   * Confirms that the project has moved here: target states outside of its root that wait since then are removed at the end, and later runs
   * in this place remove such states again. @default false
   */
  readonly adopt?: boolean;
  /** Prints progress: `true` every 1000 ms, a number every that many milliseconds. @default false */
  readonly reportToStdout?: boolean | number;
  /** Ends the run: the result rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Options of {@link App.drop}. */
export type DropOptions = Pick<UpdateOptions, "adopt" | "reportToStdout" | "signal">;

/** The number of components in flight where nothing else is asked for. */
const DEFAULT_MAX_INFLIGHT = 1024;

const APP_CHECKS: OptionChecks<AppConfig> = {
  name: TEXT,
  environment: { wanted: "an Environment of this copy of the package", accepts: isEnvironment },
  maxInflightComponents: { wanted: "a positive integer", accepts: (value) => typeof value === "number" },
  // Checked by `readMaxDeletes`.
  maxDeletes: ANYTHING,
};

const UPDATE_CHECKS: OptionChecks<UpdateOptions> = {
  live: BOOLEAN,
  fullReprocess: BOOLEAN,
  adopt: BOOLEAN,
  // Checked by `readMaxDeletes`.
  maxDeletes: ANYTHING,
  // Checked by `reportInterval`.
  reportToStdout: ANYTHING,
  signal: SIGNAL,
};

/** The key of the mark that every app has, whichever copy of this package it comes from. */
const APP_BRAND: symbol = Symbol.for("tidemark.app");

/** A pipeline: a main function with its arguments, run as the root of a tree of components. */
export class App<A extends readonly unknown[] = readonly never[], R = unknown> {
  readonly name: string;
  readonly environment: Environment;
  readonly maxInflightComponents: number;
  readonly #maxDeletes: DeleteLimit | undefined;
  readonly #main: FunctionInfo;
  readonly #args: A;

  /**
   * @throws TypeError without a name or a main function, for an option that does not exist, or a wrong value; RangeError when
   *   `maxInflightComponents` is not a positive integer or `maxDeletes` is out of range
   */
  constructor(nameOrConfig: string | AppConfig, main: (...args: A) => R, ...args: NoInfer<A>) {
    const config = typeof nameOrConfig === "string" ? { name: nameOrConfig } : nameOrConfig;
    const {
      environment,
      maxDeletes,
      maxInflightComponents = DEFAULT_MAX_INFLIGHT,
      name,
    } = checkOptions("make an app", config, APP_CHECKS);
    if (name === undefined) throw new TypeError("Cannot make an app: it needs a `name`");
    encodeKey(name);
    if (!Number.isInteger(maxInflightComponents) || maxInflightComponents < 1) {
      throw new RangeError(
        `Cannot make app "${name}": \`maxInflightComponents\` must be a positive integer, got ${String(maxInflightComponents)}`,
      );
    }
    this.name = name;
    this.environment = environment ?? defaultEnvironment();
    this.#maxDeletes = readMaxDeletes(`make app "${name}"`, maxDeletes);
    this.maxInflightComponents = maxInflightComponents;
    if (typeof main !== "function") {
      throw new TypeError(
        `Cannot make app "${name}": \`main\` must be a function, got ${describeValue(main)}${argumentHint(main)}`,
      );
    }
    this.#main = functionInfo(main, "main");
    if (this.#main.live !== undefined) {
      throw new TypeError(
        `Cannot make app "${name}": \`main\` must be a function that mounts live components, got a class`,
      );
    }
    this.#args = args;
    stateOf(this.environment).addApp(name);
  }

  /**
   * Brings everything up to date. Nothing runs before the handle is awaited or watched.
   *
   * @throws TypeError for an option that does not exist, or a wrong value; RangeError for a `reportToStdout` that is not finite and
   *   greater than 0, or a `maxDeletes` that is out of range
   */
  update(options: UpdateOptions = {}): UpdateHandle<Awaited<R>> {
    checkOptions(`update app "${this.name}"`, options, UPDATE_CHECKS);
    const intervalMs = reportInterval(options.reportToStdout);
    const { adopt = false, fullReprocess: isFullReprocess = false, live: isLive = false, signal } = options;
    const own = readMaxDeletes(`update app "${this.name}"`, options.maxDeletes);
    const maxDeletes = options.maxDeletes === undefined ? this.#maxDeletes : own;
    const run = { kind: "update", intervalMs, maxDeletes, isFullReprocess, isLive, adopt, signal } as const;
    return this.#createHandle(run, (updating) => {
      const row = updating.rows.child(ROOT_ID, new Uint8Array());
      const mounting = { kind: "useMount", group: undefined, handlers: updating.handlers } as const;
      updating.mounted.mount(ROOT_ID, row);
      const root = new Component({
        run: updating,
        parent: undefined,
        id: ROOT_ID,
        relativePath: new Uint8Array(),
        row,
        info: this.#main,
        args: this.#args,
        mounting,
      });
      return runToEnd(root) as Promise<Awaited<R>>;
    });
  }

  /**
   * Removes every target state that the app's components have declared, then forgets the app. Nothing runs before the handle is
   * awaited or watched.
   *
   * @throws TypeError for an option that does not exist, or a wrong value; RangeError for a `reportToStdout` that is not finite and
   *   greater than 0
   */
  drop(options: DropOptions = {}): DropHandle {
    // One object may serve both: a drop ignores the other options of an update.
    checkOptions<UpdateOptions>(`drop app "${this.name}"`, options, UPDATE_CHECKS);
    const intervalMs = reportInterval(options.reportToStdout);
    const { adopt = false, signal } = options;
    const run = {
      kind: "drop",
      intervalMs,
      maxDeletes: undefined,
      isFullReprocess: false,
      isLive: false,
      adopt,
      signal,
    } as const;
    return this.#createHandle(run, (dropping) => dropApp(dropping, stateOf(this.environment), this.name));
  }

  #createHandle<T>(options: Omit<RunAppOptions, "observer">, body: (run: Run) => Promise<T>): UpdateHandle<T> {
    const noteStart =
      options.intervalMs === undefined ? undefined : expectStart({ kind: options.kind, appName: this.name });
    return createHandle<T>((observer) => {
      noteStart?.();
      return this.#run({ ...options, observer }, body);
    });
  }

  async #run<T>(options: RunAppOptions, body: (run: Run) => Promise<T>): Promise<T> {
    if (options.kind === "update") stateOf(this.environment).addApp(this.name);
    // Loaded when first needed, the OpenTelemetry SDK with it: a program that only defines its apps starts in half the time.
    const { runApp } = await import("./run-app.ts");
    return runApp(this, options, body);
  }
}

Object.defineProperty(App.prototype, APP_BRAND, { value: true });
