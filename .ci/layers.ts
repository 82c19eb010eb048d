const leaves = ["text", "options", "errors.ts", "version.ts", "time", "places"];
const progress = ["progress/schema", "progress/export", "progress", "progress/record", "progress/view"];
const display = [...progress.filter((part) => part !== "progress/export"), ...leaves];
const counting = ["progress/schema", "progress", "state", ...leaves];
const engine = [
  "engine/records",
  "engine/memo",
  "engine/targets",
  "engine/check",
  "engine/run",
  "engine/sources",
  "engine/execution",
  "engine/live",
  "engine",
];
const engineContracts = [
  "engine/memo/memoizable.ts",
  "engine/sources/file-location.ts",
  "engine/memo/memo-root.ts",
  "engine/sources/live-map-feed.ts",
  "engine/sources/stepped-items.ts",
  "engine/target.ts",
  "engine/targets/bind-targets.ts",
  "engine/targets/pending-target.ts",
  "engine/targets/target-handler.ts",
  "engine/targets/target-inspection.ts",
];
const connector = [...engineContracts, "places", "state/stable-key.ts", "options", "time", "errors.ts"];
const everythingOutsideCli = [
  ...leaves,
  ...progress,
  "state",
  ...engine,
  "project",
  "report/json",
  "report/terminal",
  "report/github",
  "app",
  "connectors/localfs",
  "connectors/sqlite",
  "telemetry",
  "serve/client",
  "serve",
  "dashboards",
];

/** The parts of `list` that stand before `part`. */
function below(part: string, list: readonly string[]): readonly string[] {
  return list.slice(0, list.indexOf(part));
}

/**
 * The parts of lib with the parts that each may import, lowest first: a part may only name parts above its own row, so no two import
 * each other. Each folder has a row, which covers the files directly in it. An entry such as `engine/target.ts` opens that
 * one file of a part.
 */
export const LAYERS: Readonly<Record<string, readonly string[]>> = {
  text: [],
  options: ["text"],
  "errors.ts": ["options"],
  "version.ts": [],
  time: [],
  places: [],

  "progress/schema": leaves,
  "progress/export": ["progress/schema", ...leaves],
  progress: ["progress/schema", "progress/export", ...leaves],
  "progress/record": ["progress/schema", "progress", ...leaves],
  "progress/view": ["progress/schema", "progress", ...leaves],
  state: leaves,

  "engine/records": ["places", "state", "errors.ts"],
  project: ["engine/records", "places", "state", "errors.ts"],
  "engine/memo": ["engine/records", "state", "options", "errors.ts"],
  "engine/targets": ["engine/records", "places", "state", "time", "options", "errors.ts"],
  "engine/check": [...below("engine/check", engine), "state", "places", "time", "errors.ts"],
  "engine/run": [...below("engine/run", engine), ...counting],
  "engine/sources": ["engine/run", "state", "time", "options", "errors.ts"],
  "engine/execution": [...below("engine/execution", engine), ...counting],
  "engine/live": [...below("engine/live", engine), ...counting],
  engine: [...below("engine", engine), ...counting],

  "connectors/localfs/walk": connector,
  "connectors/localfs/watch": ["connectors/localfs/walk", ...connector],
  "connectors/localfs": ["connectors/localfs/walk", "connectors/localfs/watch", ...connector],
  "connectors/sqlite": connector,
  "report/json": display,
  "report/terminal": ["report/json", ...display],
  "report/github": ["report/terminal", ...display],
  app: [
    ...engine,
    "project",
    ...progress.filter((part) => part !== "progress/export"),
    "state",
    "report/terminal/stdout-reporter.ts",
    ...leaves,
  ],
  telemetry: ["progress/schema", "progress/export", "progress", ...leaves],
  "serve/client": ["progress/schema", "progress/record", "time"],
  serve: ["serve/client", "app/environment.ts", "telemetry", ...display],
  "serve/page": ["serve/client", ...display],
  dashboards: leaves,

  "cli/console": leaves,
  "cli/load": ["cli/console", ...everythingOutsideCli],
  "cli/metrics": ["cli/console", ...everythingOutsideCli],
  "cli/show": ["cli/console", ...everythingOutsideCli],
  "cli/remote": ["cli/console", ...everythingOutsideCli],
  "cli/commands": ["cli/console", "cli/load", "cli/metrics", "cli/show", "cli/remote", ...everythingOutsideCli],
  cli: ["cli/console", "cli/metrics", "cli/commands", "version.ts"],
  "index.ts": everythingOutsideCli,
};

/** Each package (or scope, or experimental module of Node) with the parts or files of lib that may import it. */
export const HOMES: Readonly<Record<string, readonly string[]>> = {
  "@hono/node-server": ["serve"],
  "@opentelemetry": ["progress", "app", "telemetry"],
  commander: ["cli/program.ts", "cli/metrics"],
  hono: ["serve"],
  "js-tokens": ["engine/memo/function-code.ts"],
  lmdb: ["state/lmdb-database.ts"],
  msgpackr: ["state/codec.ts"],
  "node:sqlite": ["connectors/sqlite", "state"],
  picomatch: ["connectors/localfs/walk/path-filter.ts"],
  preact: ["serve/page"],
  "string-width": ["text/width.ts"],
  uplot: ["serve/page"],
};
