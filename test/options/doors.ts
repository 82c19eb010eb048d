import { mountDirTarget, walkDir } from "../../lib/connectors/localfs/index.ts";
import { mountTableTarget } from "../../lib/connectors/sqlite/index.ts";
import { App, autoRefresh, Environment, fn, showProgress, statsGroup, TidemarkError } from "../../lib/index.ts";
import { serve } from "../../lib/serve/index.ts";
import { createPrometheusProvider, tidemarkViews } from "../../lib/telemetry/index.ts";
import { inComponent, withOperator, withSubscriber } from "./door-calls.ts";

/** A public function or method that takes options. */
export interface Door {
  readonly name: string;
  /** The exported type of its options. */
  readonly type: string;
  /** Calls it with `options` in their place; throws or rejects what it does. */
  readonly call: (options: never) => unknown;
  /** An option that it has, misspelt, and as it is spelt. */
  readonly typo: readonly [wrong: string, right: string];
}

const main = fn(function main(): void {});

function createApp(): App {
  return new App("doors", main);
}

const TABLE = { table: "docs", columns: { path: "text" }, primaryKey: "path" } as const;

/** Adds to options that are required; leaves a value alone that is none. */
function withRequired(required: object, options: unknown): never {
  const isObject =
    typeof options === "object" && options !== null && Object.getPrototypeOf(options) === Object.prototype;
  return (isObject ? { ...required, ...options } : options) as never;
}

/**
 * Every export of every entry point that can be called, with the doors that it has: `[]` for one that takes no options. An export that
 * is missing here fails the test beside this file.
 */
export const DOORS: Readonly<Record<string, Readonly<Record<string, readonly Door[]>>>> = {
  ".": {
    App: [
      {
        name: "new App",
        type: "AppConfig",
        call: (options) => new App(withRequired({ name: "doors" }, options), main),
        typo: ["maxInflightComponent", "maxInflightComponents"],
      },
      {
        name: "app.update",
        type: "UpdateOptions",
        call: (options) => createApp().update(options),
        typo: ["fullReproces", "fullReprocess"],
      },
      {
        name: "app.drop",
        type: "DropOptions",
        call: (options) => createApp().drop(options),
        typo: ["sginal", "signal"],
      },
    ],
    Environment: [
      {
        name: "new Environment",
        type: "EnvironmentOptions",
        call: (options) => new Environment(options),
        typo: ["dbpath", "dbPath"],
      },
    ],
    UpdateHandle: [
      {
        name: "handle.watch",
        type: "WatchOptions",
        call: (options) => createApp().update().watch(options),
        typo: ["signals", "signal"],
      },
    ],
    exceptionHandler: [],
    autoRefresh: [
      {
        name: "autoRefresh",
        type: "AutoRefreshOptions",
        call: (options) => autoRefresh(main, options),
        typo: ["interval", "intervalMs"],
      },
    ],
    fn: [{ name: "fn", type: "FnOptions", call: (options) => fn(options, function f() {}), typo: ["memoize", "memo"] }],
    LiveMap: [
      {
        name: "subscriber.update",
        type: "LiveMapChange",
        call: (options) => withSubscriber((to) => to.update("a", 1, options)),
        typo: ["att", "at"],
      },
      {
        name: "subscriber.delete",
        type: "LiveMapChange",
        call: (options) => withSubscriber((to) => to.delete("a", options)),
        typo: ["att", "at"],
      },
      {
        name: "subscriber.updateAll",
        type: "LiveMapChange",
        call: (options) => withSubscriber((to) => to.updateAll([], options)),
        typo: ["att", "at"],
      },
      {
        name: "operator.updateFull",
        type: "LiveMapChange",
        call: (options) => withOperator((operator) => operator.updateFull(options)),
        typo: ["att", "at"],
      },
    ],
    map: [],
    mount: [],
    mountEach: [],
    useMount: [],
    statsGroup: [
      {
        name: "statsGroup",
        type: "StatsGroupOptions",
        call: (options) => statsGroup("title", options, () => {}),
        typo: ["reportToStdOut", "reportToStdout"],
      },
      {
        name: "statsGroup for using",
        type: "StatsGroupOptions",
        call: (options) => statsGroup("title", options),
        typo: ["reportToStdOut", "reportToStdout"],
      },
      {
        name: "group.watch",
        type: "WatchOptions",
        call: (options) => inComponent(() => statsGroup("title", (group) => group).watch(options)),
        typo: ["signl", "signal"],
      },
    ],
    componentSubpath: [],
    containerAt: [],
    declareTargetState: [],
    defineContainer: [],
    defineTarget: [],
    mountTarget: [],
    TidemarkError: [
      {
        name: "new TidemarkError",
        type: "TidemarkErrorOptions",
        call: (options) => new TidemarkError("STORE_CLOSED", "closed", options),
        typo: ["casue", "cause"],
      },
    ],
    showProgress: [
      {
        name: "showProgress",
        type: "ShowProgressOptions",
        call: (options) => showProgress(createApp().update(), options),
        typo: ["refreshIntervall", "refreshInterval"],
      },
    ],
    symbolKey: [],
  },
  "./localfs": {
    mountDirTarget: [
      {
        name: "mountDirTarget",
        type: "DirTargetOptions",
        call: (options) => inComponent(() => mountDirTarget("unused", options)),
        typo: ["durabilty", "durability"],
      },
    ],
    walkDir: [
      {
        name: "walkDir",
        type: "WalkDirOptions",
        call: (options) => walkDir("docs", options),
        typo: ["excludes", "exclude"],
      },
    ],
  },
  "./sqlite": {
    mountTableTarget: [
      {
        name: "mountTableTarget",
        type: "TableOptions",
        call: (options) => mountTableTarget("a.db", withRequired(TABLE, options)),
        typo: ["primarykey", "primaryKey"],
      },
      {
        name: "fts5",
        type: "Fts5Options",
        call: (fts5) => mountTableTarget("a.db", { ...TABLE, fts5 }),
        typo: ["tokenise", "tokenize"],
      },
      {
        name: "indexes",
        type: "TableIndex",
        call: (index) => mountTableTarget("a.db", { ...TABLE, indexes: [withRequired({ columns: ["path"] }, index)] }),
        typo: ["column", "columns"],
      },
      {
        name: "columns",
        type: "ColumnOptions",
        call: (column) =>
          mountTableTarget("a.db", { ...TABLE, columns: { path: withRequired({ type: "text" }, column) } }),
        typo: ["nulable", "nullable"],
      },
    ],
  },
  "./serve": {
    serve: [
      {
        name: "serve",
        type: "ServeOptions",
        call: async (options) => (await serve(options)).close(),
        typo: ["allowedHost", "allowedHosts"],
      },
      {
        name: "server.nextScrape",
        type: "NextScrapeOptions",
        call: async (options) => {
          await using server = await serve({ port: 0 });
          await server.nextScrape(options);
        },
        typo: ["signall", "signal"],
      },
    ],
  },
  "./telemetry": {
    LocalReader: [],
    createPrometheusProvider: [
      {
        name: "createPrometheusProvider",
        type: "PrometheusProviderOptions",
        call: (options) => createPrometheusProvider(options),
        typo: ["maxserie", "maxSeries"],
      },
    ],
    tidemarkViews: [
      {
        name: "tidemarkViews",
        type: "ViewsOptions",
        call: (options) => tidemarkViews(options),
        typo: ["maxSerie", "maxSeries"],
      },
    ],
  },
};
