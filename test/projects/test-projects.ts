import { expect } from "chai";
import { createTempFolder } from "../temp-folder.ts";
import type { Code } from "./project-app.ts";
import { ProjectFolders } from "./project-folders.ts";
import { runProject, type ProjectRun, type ProjectRunEnd } from "./project-run.ts";

/** Code that declares target states of all kinds. */
export const CODE: Code = {
  name: "render",
  out: "out",
  tag: "x",
  parts: ["file", "row", "own", "farFile", "farRow", "farKey"],
};
/** Code that declares target states below the root only. */
export const INSIDE: Code = { ...CODE, parts: ["file", "row", "own"] };

/** Projects in a temp folder, with an app `docs` each. */
export interface TestProjects {
  readonly folders: ProjectFolders;
  /** Creates a project with the sources 1 and 2. */
  create(dir: string): void;
  run(dir: string, options?: Partial<ProjectRun>): Promise<ProjectRunEnd>;
  /** Updates a project. Returns the sources whose components were executed. */
  executedIn(dir: string, options?: Partial<ProjectRun>): Promise<string[]>;
  /** Expects the outputs of these sources below the root of a project, and no others. */
  expectInside(dir: string, ...stems: readonly string[]): void;
  /** Expects the outputs of these sources outside of all projects, and no others. */
  expectOutside(...stems: readonly string[]): void;
}

/** Creates an empty folder for projects before each test of the surrounding `describe`, and removes it after the test. */
export function useTestProjects(): TestProjects {
  let folder: Awaited<ReturnType<typeof createTempFolder>>;
  let folders: ProjectFolders;
  beforeEach(async () => {
    folder = await createTempFolder();
    folders = new ProjectFolders(folder.path);
  });
  afterEach(async () => {
    folders.closeAll(["a", "b", "c"]);
    await folder[Symbol.asyncDispose]();
  });
  const projects: TestProjects = {
    get folders() {
      return folders;
    },
    create(dir) {
      folders.create(dir);
      for (const stem of ["1", "2"]) folders.writeSource(dir, stem, `text ${stem}`);
    },
    async run(dir, options = {}) {
      const base = folders.at(dir);
      const end = await runProject({ kind: "update", base, far: folders.far, name: "docs", code: CODE, ...options });
      if (end.error !== undefined) throw end.error;
      expect(end.failures).to.deep.equal([]);
      return end;
    },
    executedIn: async (dir, options) => [...(await projects.run(dir, options)).executed].toSorted(),
    expectInside(dir, ...stems) {
      expect(Object.fromEntries(folders.inside(dir)), dir).to.deep.equal(inside(...stems));
    },
    expectOutside(...stems) {
      expect(Object.fromEntries(folders.outside())).to.deep.equal(outside(...stems));
    },
  };
  return projects;
}

/** The target states of sources below the root. */
export function inside(...stems: readonly string[]): Record<string, string> {
  return statesOf(stems, (stem) => [
    `in file out/docs/${stem}.html`,
    `in file own/docs/${stem}/note.txt`,
    `in row docs ${stem}`,
  ]);
}

function outside(...stems: readonly string[]): Record<string, string> {
  return statesOf(stems, (stem) => [
    `far file x/docs-${stem}.html`,
    `far key x/docs/${stem}`,
    `far row x_docs ${stem}`,
  ]);
}

function statesOf(stems: readonly string[], names: (stem: string) => readonly string[]): Record<string, string> {
  return Object.fromEntries(stems.flatMap((stem) => names(stem).map((name) => [name, `text ${stem}`] as const)));
}
