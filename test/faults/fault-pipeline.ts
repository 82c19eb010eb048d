import { join } from "node:path";
import {
  App,
  declareTargetState,
  exceptionHandler,
  fn,
  map,
  mount,
  mountEach,
  mountTarget,
  statsGroup,
  useMount,
  type Environment,
  type LiveMap,
  type LiveMapFeed,
  type TargetProvider,
} from "../../lib/index.ts";
import { mountDirTarget, walkDir, type DirTarget, type File } from "../../lib/connectors/localfs/index.ts";
import { mountTableTarget, type TableTarget } from "../../lib/connectors/sqlite/index.ts";
import type { FaultProject, Section } from "./fault-project.ts";
import type { FaultSteps } from "./fault-steps.ts";
import { defineOutsideTargets } from "./outside-targets.ts";

/** One run of the pipeline. */
export interface PipelineRun {
  readonly base: string;
  readonly project: FaultProject;
  readonly steps: FaultSteps;
  readonly topics: Topics;
}

/** The entries of a {@link FaultProject} that a live run follows in memory, with their keys. */
export type Topics = LiveMap<string, readonly [key: string, text: string]>;

/** The database of a project. */
export const DATABASE = "data.db";
/** The table that the user has made. */
export const USER_TABLE = "mine";
/** The folder that the user has made. */
export const USER_FOLDER = "kept";

/** The columns of all tables. */
const COLUMNS = { columns: { id: "text", body: "text" }, primaryKey: "id" } as const;

type Rows = TableTarget<{ id: string; body: string }>;

interface Targets {
  readonly folder: DirTarget | null;
  readonly table: Rows | null;
  readonly userTable: Rows | null;
  readonly userFolder: DirTarget | null;
}

/** The run in progress. Memoized functions take only the place of the project and the steps from it. */
let current: PipelineRun;

const { notes, shelves } = defineOutsideTargets(() => current.steps);

const shorten = fn({ memo: true, name: "shorten", version: 1 }, async (text: string, style: string) => {
  await current.steps.reach("call");
  return `${style}: ${text.slice(0, 5_000)}`;
});

async function declarePage(file: File, targets: Targets, style: string, prefix: string): Promise<void> {
  const { steps } = current;
  await steps.reach("page begin");
  const text = await file.text();
  const body = await shorten(text, style);
  await steps.reach("page read");
  const id = `${prefix}/${file.path}`;
  targets.folder?.declareFile(`${id}.html`, body);
  targets.userFolder?.declareFile(`${id}.html`, body);
  targets.table?.declareRow({ id, body });
  targets.userTable?.declareRow({ id, body });
  declareTargetState(notes, id, text);
  await steps.reach("page end");
}

const pages = {
  render: fn({ memo: true, name: "render", version: 1 }, declarePage),
  draw: fn({ memo: true, name: "draw", version: 1 }, async (...args: Parameters<typeof declarePage>) =>
    declarePage(...args),
  ),
};

const topic = fn(
  { memo: true, name: "topic", version: 1 },
  async ([key, text]: readonly [string, string], targets: Targets) => {
    await current.steps.reach("topic");
    targets.table?.declareRow({ id: `topic/${key}`, body: text });
    declareTargetState(notes, `topic/${key}`, text);
  },
);

async function runSection(section: Section, path: string): Promise<string> {
  const { base, steps } = current;
  await steps.reach("section begin");
  const lengths = await map(async (part: string) => {
    await steps.reach("map item");
    return String(part.length);
  }, section.text.split("0"));
  const used = await mountParts(section.parts, path);
  const body = [section.text.slice(0, 100), lengths.length, ...used].join("\n");
  if (section.holds === "folder") {
    const folder = await mountDirTarget(join(base, "own", path.replaceAll("/", "-")));
    folder.declareFile("a/note.txt", body);
  }
  if (section.holds === "table") {
    const table: Rows = await mountTableTarget(join(base, DATABASE), { table: `own ${path}`, ...COLUMNS });
    table.declareRow({ id: path, body });
  }
  if (section.holds === "shelf") {
    const shelf: TargetProvider<string, string> = await mountTarget(shelves.at(path, "a shelf"));
    declareTargetState(shelf, "note", body);
  }
  declareTargetState(notes, `section/${path}`, body);
  await steps.reach("section end");
  return `${section.key}: ${body.length}`;
}

const sections = {
  section: fn({ memo: true, name: "section", version: 1 }, runSection),
  chapter: fn({ memo: true, name: "chapter", version: 1 }, async (...args: Parameters<typeof runSection>) =>
    runSection(...args),
  ),
};

/** Mounts sections, one after the other. Returns the values of those whose values are used. */
async function mountParts(parts: readonly Section[], above: string): Promise<string[]> {
  const used: string[] = [];
  for (const part of parts) {
    const mountOne = () => mountPart(part, above === "" ? part.key : `${above}/${part.key}`, used);
    await (part.group === null ? mountOne() : statsGroup(part.group, mountOne));
  }
  return used;
}

async function mountPart(part: Section, path: string, used: string[]): Promise<void> {
  const component = sections[part.name];
  if (part.via === "mount") await mount(part.key, component, part, path);
  else if (part.via === "useMount") used.push(await useMount(part.key, component, part, path));
  else if (part.via === "mountEach") await mountEach(part.key, component, [["only", part] as const], path);
  else used.push(...(await map(() => useMount(part.key, component, part, path), [part])));
}

async function mountTargets({ base, project }: PipelineRun): Promise<Targets> {
  const { hasUserFolder, hasUserTable, out, table } = project;
  const database = join(base, DATABASE);
  return {
    folder: out === null ? null : await mountDirTarget(join(base, out)),
    table: table === null ? null : await mountTableTarget(database, { table, ...COLUMNS }),
    userTable: hasUserTable ? await mountTableTarget(database, { table: USER_TABLE, ...COLUMNS }) : null,
    userFolder: hasUserFolder ? await mountDirTarget(join(base, USER_FOLDER)) : null,
  };
}

/** The files of a folder, with a step at each. */
async function* listSlowly(folder: string): AsyncIterable<readonly [string, File]> {
  for await (const item of walkDir(folder).items()) {
    await current.steps.reach("listing");
    yield item;
  }
  await current.steps.reach("listing end");
}

async function main(): Promise<void> {
  const { base, project, steps, topics } = current;
  await steps.reach("main begin");
  const targets = await mountTargets(current);
  const { group, key, page, style } = project;
  await statsGroup(group, async () => {
    await mountEach(key, pages[page], listSlowly(join(base, "sources")), targets, style, "source");
    await steps.reach("group end");
  });
  await mountEach(
    "watched",
    pages[page],
    walkDir(join(base, "watched"), { live: true }).items(),
    targets,
    style,
    "live",
  );
  await mountEach("topics", topic, followTopics(topics), targets);
  const handle = (error: unknown): never => {
    steps.pass("exception handler");
    throw error;
  };
  await exceptionHandler(handle, () => mountParts(project.sections, ""));
  await steps.reach("main end");
}

/** The topics, with a step when they begin to be followed. */
function followTopics(topics: Topics): LiveMapFeed<string, readonly [string, string]> {
  return {
    async watch(subscriber) {
      await current.steps.reach("feed begin");
      await topics.watch(subscriber);
    },
  };
}

/** Creates the app of the pipeline for one run. */
export function createFaultApp(environment: Environment, run: PipelineRun): App<[], Promise<void>> {
  current = run;
  return new App({ name: "faults", environment, maxInflightComponents: 4 }, fn({ name: "main", version: 1 }, main));
}
