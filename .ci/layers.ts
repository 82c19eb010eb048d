const leaves = ["errors.ts", "version.ts", "time", "text"];
const engineContracts = [
  "engine/target-handler.ts",
  "engine/target.ts",
  "engine/memoizable.ts",
  "engine/live-map.ts",
  "engine/stepped-items.ts",
];
const connector = [...engineContracts, "state/stable-key.ts", "time", "errors.ts"];
const face = ["progress", ...leaves];
const everythingBelow = [
  ...leaves,
  "progress",
  "state",
  "engine",
  "app",
  "connectors/localfs",
  "connectors/sqlite",
  "report",
  "telemetry",
  "serve",
  "dashboards",
];

/**
 * Each part of lib (a folder or a file) with the parts it may import. An entry such as `progress/tally.ts` opens that
 * one file of a part.
 */
export const LAYERS: Readonly<Record<string, readonly string[]>> = {
  "errors.ts": [],
  "version.ts": [],
  time: [],
  text: [],

  progress: leaves,
  state: leaves,

  engine: [
    "progress/activity.ts",
    "progress/cell.ts",
    "progress/freshness.ts",
    "progress/report.ts",
    "progress/roster.ts",
    "progress/stats.ts",
    "progress/watch.ts",
    "state",
    ...leaves,
  ],

  app: ["engine", "progress", "state", ...leaves],
  "connectors/localfs": connector,
  "connectors/sqlite": connector,
  report: face,
  telemetry: face,
  serve: ["app/environment.ts", "telemetry", ...face],
  dashboards: face,

  cli: everythingBelow,
  "index.ts": everythingBelow,
};

/** Each package (or scope, or experimental module of Node) with the parts or files of lib that may import it. */
export const HOMES: Readonly<Record<string, readonly string[]>> = {
  "@hono/node-server": ["serve"],
  "@opentelemetry": ["progress", "app", "telemetry"],
  commander: ["cli"],
  hono: ["serve"],
  lmdb: ["state/lmdb-database.ts"],
  msgpackr: ["state/codec.ts"],
  "node:sqlite": ["connectors/sqlite", "state"],
  picomatch: ["connectors/localfs/path-filter.ts"],
  preact: ["serve/page"],
  "string-width": ["text/width.ts"],
  uplot: ["serve/page"],
};
