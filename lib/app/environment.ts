import { refuseSurplus } from "../options/refuse-surplus.ts";
import type { MeterProvider } from "@opentelemetry/api";
import type { ExceptionHandler } from "../engine/run/exceptions.ts";
import { argumentHint } from "../options/argument-hint.ts";
import { checkOptions, type OptionChecks } from "../options/check-options.ts";
import { describeValue } from "../options/describe-value.ts";
import { FUNCTION } from "../options/option-check.ts";
import type { UpdateRecord } from "../progress/record/update-record.ts";
import { EnvironmentState } from "./environment-state.ts";
import { projectRoot } from "./project-root.ts";
import { inspectComponents, type ComponentRecord } from "./inspect.ts";

/** Options of an {@link Environment}. */
export interface EnvironmentOptions {
  /** Told to exception handlers. @default "default" */
  readonly name?: string;
  /** The folder of the state store. @default the environment variable TIDEMARK_DB, else ./.tidemark */
  readonly dbPath?: string;
  /**
   * The project's folder, which must exist; a relative path is resolved when the environment is made. Places below it are stored relative to
   * it, so that the project can be moved with its store. For release folders over a shared store:
   * `new Environment({ dbPath: "/srv/site/state", root: import.meta.dirname })`.
   * @default the folder that holds `.tidemark`; for a store elsewhere that of the nearest package.json above the working directory
   */
  readonly root?: string;
  /** Where the counters are exported to. @default the global meter provider of @opentelemetry/api when an update starts */
  readonly meterProvider?: MeterProvider;
  /** Asked about failures of mounted components that no handler further in has swallowed. @default they are logged */
  readonly onException?: ExceptionHandler;
}

/** An app, as far as an {@link Environment} needs it. */
export interface NamedApp {
  readonly name: string;
  readonly environment: Environment;
}

const CHECKS: OptionChecks<EnvironmentOptions> = {
  name: { wanted: "a string", accepts: (value) => typeof value === "string" },
  dbPath: { wanted: "the path of a folder", accepts: (value) => typeof value === "string" && value !== "" },
  root: { wanted: "the path of a folder", accepts: (value) => typeof value === "string" && value !== "" },
  meterProvider: { wanted: "a MeterProvider", accepts: isMeterProvider },
  onException: FUNCTION,
};

/** What several apps share: the state store, the meter provider and the outermost exception handler. */
export class Environment implements AsyncDisposable {
  readonly name: string;
  /** The folder of the state store; it is opened when it is first needed. */
  readonly dbPath: string;
  /** The project's folder, as an absolute path without links. */
  readonly root: string;
  readonly #state: EnvironmentState;

  /**
   * @throws TypeError for an option that does not exist, or a wrong value; RangeError when `root` is no folder
   */
  constructor(options: EnvironmentOptions = {}) {
    checkOptions("make an environment", options, CHECKS);
    this.name = options.name ?? "default";
    this.dbPath = options.dbPath ?? (process.env["TIDEMARK_DB"] || ".tidemark");
    this.root = projectRoot({ root: options.root, dbPath: this.dbPath, workingDirectory: process.cwd() });
    this.#state = new EnvironmentState({
      ...options,
      name: this.name,
      dbPath: this.dbPath,
      root: this.root,
      isRootGiven: options.root !== undefined,
    });
    states.set(this, this.#state);
  }

  /** The names of the apps that have state in the store, sorted. */
  apps(): Promise<readonly string[]> {
    return this.#state.appNames();
  }

  /**
   * What the store has on record of an app, or of the app with this name: its components in the order of the tree, the root first.
   *
   * @throws TypeError for neither a name nor an app of this environment
   */
  components(app: string | NamedApp): AsyncIterable<ComponentRecord>;
  components(app: string | NamedApp, ...surplus: readonly unknown[]): AsyncIterable<ComponentRecord> {
    refuseSurplus("list components", surplus);
    return inspectComponents(this.#state, this.#nameOf(app, "list components"));
  }

  /**
   * The newest updates of an app, or of the app with this name, that have ended, in this process or an earlier one: at most 50, newest
   * first.
   *
   * @throws TypeError for neither a name nor an app of this environment
   */
  updates(app: string | NamedApp): Promise<readonly UpdateRecord[]>;
  async updates(app: string | NamedApp, ...surplus: readonly unknown[]): Promise<readonly UpdateRecord[]> {
    refuseSurplus("list updates", surplus);
    return this.#state.endedUpdates(this.#nameOf(app, "list updates"));
  }

  /**
   * Aborts the updates that are running, waits for what they are writing, and closes the store. A second call is harmless;
   * an update that starts afterwards fails with TidemarkError `ENVIRONMENT_CLOSED`.
   */
  close(): Promise<void> {
    return this.#state.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #nameOf(app: string | NamedApp, act: string): string {
    if (typeof app === "string") return app;
    const found: Partial<NamedApp> | null | undefined = app;
    if (typeof found?.name !== "string" || !isEnvironment(found.environment)) {
      const got = `${describeValue(app)}${argumentHint(app)}`;
      throw new TypeError(`Cannot ${act}: \`app\` must be an App or the name of one, got ${got}`);
    }
    if (found.environment === this) return found.name;
    throw new TypeError(
      `Cannot ${act} of app "${found.name}": it belongs to another environment; ask \`app.environment\``,
    );
  }
}

function isMeterProvider(value: unknown): boolean {
  return typeof value === "object" && value !== null && "getMeter" in value && typeof value.getMeter === "function";
}

const states = new WeakMap<Environment, EnvironmentState>();

/** The inside of an environment, for the other parts of this package. */
export function stateOf(environment: Environment): EnvironmentState {
  const state = states.get(environment);
  if (state !== undefined) return state;
  throw new TypeError("Cannot use the environment: it must be an Environment of this copy of the package");
}

/** Whether `value` is an environment, and of this copy of the package. */
export function isEnvironment(value: unknown): boolean {
  return value instanceof Environment && states.has(value);
}

/** The host's meter provider of this moment; `undefined` for an environment of another copy of this package. */
export function meterProviderOf(environment: Environment): MeterProvider | undefined {
  return states.get(environment)?.meterProvider;
}

let shared: Environment | undefined;

/** The environment of apps that are given none; made when first needed. */
export function defaultEnvironment(): Environment {
  shared ??= new Environment();
  return shared;
}
