import { copyModelApp, type ModelApp, type StateName } from "./model-app.ts";
import type { Code } from "./project-app.ts";

/** The identity of a store, as the model knows it. */
export interface ModelStore {
  readonly id: number;
  readonly openedAt: string;
  readonly confirmed: readonly string[];
  /** The apps of a copy that have not run since. */
  readonly copiedApps: readonly ModelApp[];
}

/** One project folder with its store and its content. */
export interface ModelProject {
  /** The name of its folder. */
  dir: string;
  code: Code;
  /** The names that its apps have in its code, by their lanes. */
  readonly names: Map<string, string>;
  readonly sources: Map<string, string>;
  /** The content below the root, by name; foreign files are included. */
  readonly inside: Map<StateName, string>;
  /** States below the root of which it is not known whether they exist: a run was interrupted that may have owned them. */
  readonly unsure: Set<StateName>;
  /** By name. */
  readonly apps: Map<string, ModelApp>;
  store: ModelStore | undefined;
  /** Whether `alias` is a real folder, because a copy has resolved the links. */
  isAliasFolder: boolean;
}

export function copyModelProject(project: ModelProject, dir: string): ModelProject {
  const copies = new Map([...project.apps.values()].map((app) => [app, copyModelApp(app)]));
  const { store } = project;
  return {
    ...project,
    dir,
    names: new Map(project.names),
    sources: new Map(project.sources),
    inside: new Map(project.inside),
    unsure: new Set(project.unsure),
    apps: new Map([...project.apps].map(([name, app]) => [name, copies.get(app)!])),
    store: store && { ...store, copiedApps: store.copiedApps.map((app) => copies.get(app)!) },
  };
}

/** The name of a project's output folder without links. */
export function outputFolder({ code, isAliasFolder }: ModelProject): string {
  return code.out === "alias" && !isAliasFolder ? "out" : code.out;
}
