import { existsSync, mkdirSync, rmdirSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  App,
  declareTargetState,
  defineContainer,
  fn,
  mount,
  mountEach,
  mountTarget,
  type ContainerState,
  type Environment,
  type TargetHandler,
  type TargetProvider,
} from "../../../lib/index.ts";

/** What is to be outside: folders, the components of each, and what files each component declares there. */
export type Layout = Readonly<Record<string, Readonly<Record<string, Files>>>>;

type Files = Readonly<Record<string, string>>;

interface FileAction {
  readonly key: string;
  readonly content: string | undefined;
}

interface FolderAction {
  readonly key: string;
  readonly isWanted: boolean;
}

/** Where the folders are, and what is called at each moment at which the process could die. */
export const outside: { root: string; step: () => void } = { root: "", step: () => {} };

const folders = defineContainer<string, string, string, FolderAction, string, string>("test/crashing/folder", {
  // The tests copy the store with its folders: only what is below the root belongs to the copy.
  keyedBy: "place",
  reconcile: ({ key, desired, previous }) => {
    if (desired === undefined && previous.length === 0) return undefined;
    return { action: { key, isWanted: desired !== undefined }, tracking: desired };
  },
  apply: (actions) => actions.map(applyFolder),
  child: ({ key }) => filesIn(key),
});

/** Mounts a layout: some components are memoized, and some of the files are declared in memoized calls. */
export function createCrashingApp(environment: Environment, layout: Layout): App<readonly [Layout], Promise<void>> {
  return new App({ name: "crashing", environment }, main, layout);
}

const main = fn(async function main(layout: Layout): Promise<void> {
  for (const [name, components] of Object.entries(layout)) {
    if (name.startsWith("own")) {
      await mount(name, ownSection, name, components);
      continue;
    }
    const folder = await mountTarget(folders.at(name, name));
    await mount(name, section, components, folder);
  }
});

/** Mounts a folder itself, and declares the files of all components in it. */
const ownSection = fn(
  { memo: true },
  async function ownSection(name: string, components: Readonly<Record<string, Files>>): Promise<void> {
    const folder = await mountTarget(folders.at(name, name));
    for (const files of Object.values(components)) {
      for (const [key, content] of Object.entries(files)) declareTargetState(folder, key, content);
    }
  },
);

const section = fn(
  { memo: true },
  async function section(
    components: Readonly<Record<string, Files>>,
    folder: TargetProvider<string, string>,
  ): Promise<void> {
    await mountEach(declareFiles, Object.entries(components), folder);
  },
);

const declareFiles = fn(
  { memo: true },
  function declareFiles(files: Files, folder: TargetProvider<string, string>): void {
    for (const [key, content] of Object.entries(files)) {
      if (key.startsWith("call")) declareInCall(folder, key, content);
      else declareTargetState(folder, key, content);
    }
  },
);

const declareInCall = fn(
  { memo: true },
  function declareInCall(folder: TargetProvider<string, string>, key: string, content: string): void {
    declareTargetState(folder, key, content);
  },
);

function applyFolder({ key, isWanted }: FolderAction): ContainerState {
  const path = join(outside.root, key);
  outside.step();
  if (!isWanted) {
    // Fails unless everything in it has been removed before.
    if (existsSync(path)) rmdirSync(path);
    return "kept";
  }
  const isNew = !existsSync(path);
  mkdirSync(path, { recursive: true });
  outside.step();
  return isNew ? "recreated" : "kept";
}

/** Writes a file in two halves, so that a process that dies in between leaves what was never declared. */
function filesIn(folder: string): TargetHandler<string, string, string, FileAction> {
  return {
    reconcile: ({ key, desired: content, previous, mayBeMissing }) => {
      if (content === undefined) {
        return previous.length === 0 ? undefined : { action: { key, content }, tracking: undefined };
      }
      const isThere = !mayBeMissing && previous.length > 0 && previous.every((known) => known === content);
      return isThere ? undefined : { action: { key, content }, tracking: content };
    },
    apply: async (actions) => {
      for (const { key, content } of actions) {
        const path = join(outside.root, folder, key);
        outside.step();
        if (content === undefined) {
          if (existsSync(path)) unlinkSync(path);
        } else {
          writeFileSync(path, content.slice(0, content.length / 2));
          outside.step();
          writeFileSync(path, content);
        }
        await Promise.resolve();
        outside.step();
      }
    },
  };
}
