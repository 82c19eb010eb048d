import { setImmediate } from "node:timers/promises";
import { join } from "node:path";
import { App, declareTargetState, fn, mountEach, type Environment } from "../../lib/index.ts";
import { mountDirTarget, walkDir, type DirTarget, type File } from "../../lib/connectors/localfs/index.ts";
import { mountTableTarget, type TableTarget } from "../../lib/connectors/sqlite/index.ts";
import { defineRecordingTarget } from "../engine/targets/recording-target.ts";

/** The kinds of target states that a component can declare; a name with "far" stands for a state outside of the project. */
export const PARTS = ["file", "row", "own", "farFile", "farRow", "farKey"] as const;

export type Part = (typeof PARTS)[number];

/** The code of a project: an edit of it is another value. */
export interface Code {
  /** The name of the component function. */
  readonly name: "render" | "draw";
  /** The output folder; `alias` is a link to `out`. */
  readonly out: "out" | "site" | "alias";
  /** Part of the names of target states outside of the project. */
  readonly tag: string;
  readonly parts: readonly Part[];
}

/** One app of a project in one run. */
export interface AppRun {
  /** The path by which the project is reached. */
  readonly base: string;
  /** The folder of target states outside of all projects. */
  readonly far: string;
  /** Keeps the outputs of the apps of one project apart. */
  readonly lane: string;
  readonly code: Code;
  /** The sources whose components were executed. */
  readonly executed: Set<string>;
}

/** The target that stands for a database server. */
export const server = defineRecordingTarget("test/projects/server");

/** The columns of all tables. */
const TABLE = { columns: { id: "text", body: "text" }, primaryKey: "id" } as const;

type Rows = TableTarget<{ id: string; body: string }>;

interface Targets {
  readonly folder: DirTarget | null;
  readonly table: Rows | null;
  readonly farFolder: DirTarget | null;
  readonly farTable: Rows | null;
}

/** The run in progress. Memoized functions must not depend on it. */
let current: AppRun;

/** Gives abandoned runs many places to end at. */
const TURNS = 2;

async function declareAll(file: File, targets: Targets, tag: string, parts: readonly Part[], lane: string) {
  const stem = file.path.replace(/\.txt$/, "");
  current.executed.add(stem);
  const body = await file.text();
  for (let turn = 0; turn < TURNS; turn++) await setImmediate();
  targets.folder?.declareFile(`${stem}.html`, body);
  targets.farFolder?.declareFile(`${lane}-${stem}.html`, body);
  targets.table?.declareRow({ id: stem, body });
  targets.farTable?.declareRow({ id: stem, body });
  if (parts.includes("farKey")) declareTargetState(server.provider, `${tag}/${lane}/${stem}`, body);
  if (!parts.includes("own")) return;
  const own = await mountDirTarget(join(current.base, "own", lane, stem));
  own.declareFile("note.txt", body);
}

const components = {
  render: fn({ memo: true, name: "render", version: 1 }, declareAll),
  draw: fn({ memo: true, name: "draw", version: 1 }, async (...args: Parameters<typeof declareAll>) =>
    declareAll(...args),
  ),
};

async function main(): Promise<void> {
  const { base, code, far, lane } = current;
  const { name, out, parts, tag } = code;
  const has = (part: Part): boolean => parts.includes(part);
  const targets: Targets = {
    folder: has("file") ? await mountDirTarget(join(base, out, lane)) : null,
    table: has("row") ? await mountTableTarget(join(base, "data.db"), { table: lane, ...TABLE }) : null,
    farFolder: has("farFile") ? await mountDirTarget(join(far, tag)) : null,
    farTable: has("farRow") ? await mountTableTarget(join(far, "far.db"), { table: `${tag}_${lane}`, ...TABLE }) : null,
  };
  const items = walkDir(join(base, "sources")).items();
  await mountEach(components[name], items, targets, tag, parts, lane);
}

/** Creates the app of a project for one run. */
export function createProjectApp(name: string, environment: Environment, run: AppRun): App<[], Promise<void>> {
  current = run;
  return new App({ name, environment, maxInflightComponents: 3 }, fn({ name: "main", version: 1 }, main));
}
