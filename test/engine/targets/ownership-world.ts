import { tmpdir } from "node:os";
import { overlappingFolders } from "../../../lib/connectors/localfs/overlapping-folders.ts";
import {
  App,
  declareTargetState,
  defineContainer,
  defineTarget,
  Environment,
  fn,
  mount,
  mountTarget,
  type TargetProvider,
  type TidemarkError,
} from "../../../lib/index.ts";
import { stateOf } from "../../../lib/app/environment.ts";
import { expectSoundStore } from "../../expect-sound-store.ts";
import { MemoryStore } from "../../../lib/state/memory-store.ts";

/** A target state by name: a key in a folder, or of the plain target when there is none. */
export interface NamePlan {
  readonly folder: string | undefined;
  readonly key: string;
}

/** A component of an app in one run. */
export interface ComponentPlan {
  readonly id: string;
  readonly isMemoized: boolean;
  /** Whether it mounts the folders that only it uses. */
  readonly mountsItself: boolean;
  readonly version: number;
  readonly names: readonly NamePlan[];
}

/** The components of one app, each with names that no other component of the app has. */
export type Program = readonly ComponentPlan[];

/** How the run of an app has ended: the code of the error of each component that has failed. */
export interface RunOutcome {
  readonly failures: ReadonlyMap<string, string>;
  readonly numWrites: number;
}

/** Folders, files and things in memory, with everything that was done to them. */
const world = new Map<string, string>();
let numWrites = 0;

/** The place that a name stands for. */
export function placeOf({ folder, key }: NamePlan): string {
  return folder === undefined ? `plain:${key}` : `${folder}/${key}`;
}

/** The content that a component gives to a place. */
export function contentFor(app: string, { id, version }: ComponentPlan): string {
  return `${app} ${id} ${version}`;
}

interface Action {
  readonly place: string;
  readonly content: string | undefined;
}

function applyAll(actions: readonly Action[]): void {
  for (const { content, place } of actions) {
    numWrites++;
    if (content === undefined) world.delete(place);
    else world.set(place, content);
  }
}

function contents(prefix: string) {
  return {
    reconcile({
      desired,
      key,
      mayBeMissing,
      previous,
    }: {
      desired: string | undefined;
      key: string;
      mayBeMissing: boolean;
      previous: readonly string[];
    }) {
      const action: Action = { place: `${prefix}${key}`, content: desired };
      const isThere = !mayBeMissing && previous.length === 1 && previous[0] === desired;
      return isThere ? undefined : { action, tracking: desired };
    },
    apply: applyAll,
  };
}

const plain = defineTarget<string, string, string, Action>("test/ownership/plain", contents("plain:"));
const folders = defineContainer<string, true, true, Action, string, string>("test/ownership/folder", {
  reconcile: ({ desired, key }) => ({
    action: { place: `${key}/`, content: desired && "folder" },
    tracking: desired,
  }),
  apply: (actions) =>
    actions.map(({ content, place }) => {
      if (content !== undefined) world.set(place, content);
      else if ([...world.keys()].every((other) => other === place || !other.startsWith(place))) world.delete(place);
      return "kept" as const;
    }),
  child: ({ key }) => contents(`${key}/`),
  aliases: overlappingFolders,
});

type Providers = ReadonlyMap<string, TargetProvider<string, string>>;

async function mountAll(names: Iterable<string>): Promise<Providers> {
  const providers = new Map<string, TargetProvider<string, string>>();
  for (const name of names) providers.set(name, await mountTarget(folders.at(name, true)));
  return providers;
}

async function declareAll(
  app: string,
  component: ComponentPlan,
  own: readonly string[],
  given: Providers,
): Promise<void> {
  const providers = new Map([...given, ...(await mountAll(own))]);
  for (const { folder, key } of component.names) {
    const provider = folder === undefined ? plain : providers.get(folder)!;
    declareTargetState(provider, key, contentFor(app, component));
  }
}

const memoized = fn({ memo: true, name: "memoized" }, declareAll);
const always = fn({ name: "always" }, declareAll);

/** The folders that one component of a program mounts itself. */
function ownFolders(program: Program, component: ComponentPlan): string[] {
  if (!component.mountsItself) return [];
  const others = new Set(
    program.filter((other) => other !== component).flatMap(({ names }) => names.map(({ folder }) => folder)),
  );
  return [...new Set(component.names.map(({ folder }) => folder))].filter(
    (folder) => folder !== undefined && !others.has(folder),
  ) as string[];
}

async function runProgram(app: string, program: Program): Promise<void> {
  const own = new Map(program.map((component) => [component, ownFolders(program, component)]));
  const taken = new Set([...own.values()].flat());
  const all = program.flatMap(({ names }) => names.map(({ folder }) => folder));
  const providers = await mountAll(
    new Set(all.filter((folder) => folder !== undefined && !taken.has(folder)) as string[]),
  );
  for (const component of program) {
    const used = new Map([...providers].filter(([folder]) => component.names.some((name) => name.folder === folder)));
    const implementation = component.isMemoized ? memoized : always;
    await (await mount(component.id, implementation, app, component, own.get(component)!, used)).ready();
  }
}

/** A store and the outside, on which one process after the other works. */
export class OwnershipWorld {
  readonly #store = new MemoryStore();
  readonly #dbPath: string;

  /** `dbPath` is an empty folder: the store itself is in memory, for speed. */
  constructor(dbPath: string) {
    this.#dbPath = dbPath;
    world.clear();
    world.set("/r/foreign", "foreign");
    world.set("plain:foreign", "foreign");
  }

  /** Everything outside, by place. */
  get outside(): ReadonlyMap<string, string> {
    return world;
  }

  /** Opens a process in which apps are defined, each with its program. */
  async inProcess(programs: ReadonlyMap<string, Program>, body: (run: WorldRuns) => Promise<void>): Promise<void> {
    const failures = new Map<string, string>();
    const environment = new Environment({
      dbPath: this.#dbPath,
      root: tmpdir(),
      onException: (error, { path }) =>
        void failures.set(path.slice(2, -1), (error as TidemarkError).code ?? String(error)),
    });
    Object.assign(stateOf(environment), { store: async () => this.#store });
    const apps = new Map(
      [...programs].map(([name, program]) => [name, new App({ name, environment }, runProgram, name, program)]),
    );
    await body({
      update: async (name) => {
        failures.clear();
        numWrites = 0;
        await apps.get(name)!.update();
        return { failures: new Map(failures), numWrites };
      },
      drop: (name) => apps.get(name)!.drop().result(),
    });
    await environment.close();
    await expectSoundStore(this.#store);
  }
}

/** The runs of one process. */
export interface WorldRuns {
  update(name: string): Promise<RunOutcome>;
  drop(name: string): Promise<void>;
}
