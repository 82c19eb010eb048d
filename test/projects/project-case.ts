import { expect } from "chai";
import { existsSync } from "node:fs";
import { planForget } from "../../lib/app/forget.ts";
import { Environment } from "../../lib/index.ts";
import { createModelApp } from "./model-app.ts";
import { copyModelProject, outputFolder, type ModelProject } from "./model-project.ts";
import { ModelWorld } from "./model-world.ts";
import type { Code } from "./project-app.ts";
import { runProject, type ProjectRun, type ProjectRunEnd } from "./project-run.ts";
import type { ProjectFolders } from "./project-folders.ts";
import type { Operation } from "./random-operation.ts";

const STEMS = ["a", "b", "c", "d"] as const;
/** The most projects of a case. */
const MAX_PROJECTS = 4;

type Step<K extends Operation["do"]> = Extract<Operation, { readonly do: K }>;

/** One case: each step is made with real folders and stores, and in the model. */
export class ProjectCase {
  readonly #folders: ProjectFolders;
  readonly #model = new ModelWorld();
  #number = 0;

  constructor(folders: ProjectFolders, codes: readonly Code[]) {
    this.#folders = folders;
    for (const [index, code] of codes.entries()) this.#create(code, index === 0 ? ["one", "two"] : ["three"]);
  }

  /** Makes a step, then compares all that exists with the model. */
  async make(operation: Operation): Promise<void> {
    const project = this.#model.projects[operation.project % this.#model.projects.length];
    if (project === undefined) return;
    await this.#perform(
      this.#isFalseAdoption(operation, project) ? { ...operation, adopt: false } : operation,
      project,
    );
    this.#check();
  }

  /** Brings every project up to date, after which nothing may be uncertain. */
  async finish(): Promise<void> {
    for (const [index, project] of this.#model.projects.entries()) {
      for (const app of [...project.names.keys()].keys()) {
        await this.make({
          do: "update",
          project: index,
          app,
          adopt: false,
          isFull: false,
          isByLink: false,
          abortAfter: undefined,
        });
      }
    }
    this.#folders.closeAll(this.#model.projects.map(({ dir }) => dir));
  }

  /**
   * Whether a step would adopt a copy of a moved project as if it were the moved project: nothing tells the two apart, and the user gives the
   * states outside to the wrong one.
   */
  #isFalseAdoption(operation: Operation, project: ModelProject): operation is Step<"update" | "drop"> {
    return "adopt" in operation && operation.adopt && this.#model.hasTwin(project);
  }

  #create(code: Code, lanes: readonly string[]): void {
    const dir = this.#newDir();
    this.#folders.create(dir);
    const project: ModelProject = {
      dir,
      code,
      names: new Map(lanes.map((lane) => [lane, lane])),
      sources: new Map(),
      inside: new Map(),
      unsure: new Set(),
      apps: new Map(),
      store: undefined,
      isAliasFolder: false,
    };
    this.#model.projects.push(project);
    for (const stem of STEMS.slice(0, 3)) this.#writeSource(project, stem);
    for (const folder of ["out", "site", "own", "notes"]) {
      this.#folders.writeForeign(dir, `${folder}/mine.txt`, "mine");
      project.inside.set(`in file ${folder}/mine.txt`, "mine");
    }
  }

  async #perform(operation: Operation, project: ModelProject): Promise<void> {
    switch (operation.do) {
      case "update":
        return this.#update(operation, project);
      case "drop":
        return this.#drop(operation, project);
      case "copy":
        return this.#copy(operation, project);
      case "move":
        return this.#move(operation, project);
      case "delete":
        return this.#delete(project);
      case "write":
        return this.#writeSource(project, STEMS[operation.source % STEMS.length]!);
      case "remove":
        return this.#removeSource(project, STEMS[operation.source % STEMS.length]!);
      case "edit":
        project.code = { ...project.code, ...operation.code };
        return;
      case "rename": {
        const lane = [...project.names.keys()][operation.app % project.names.size]!;
        project.names.set(lane, `${lane} ${this.#number++}`);
        return;
      }
      case "forget":
        return this.#forget(operation, project);
    }
  }

  async #update(step: Step<"update">, project: ModelProject): Promise<void> {
    const { adopt, isFull } = step;
    const [lane, name] = [...project.names][step.app % project.names.size]!;
    const { error, executed, isAborted, notices } = await this.#run(project, { kind: "update", name, lane, ...step });
    const app = project.apps.get(name) ?? createModelApp(lane);
    project.apps.set(name, app);
    if (isAborted) return this.#model.interrupt(project, app, adopt);
    if (error !== undefined) throw error;
    const isConfirmed = this.#model.update(project, app, { adopt, executed, isFull });
    // A container waits as well.
    const expected = [...app.waiting.keys()].filter((state) => !app.doubtful.has(state));
    const numWaiting = Number(/(\d+) target state/.exec(notices.join("\n"))?.[1] ?? 0);
    expect(numWaiting, `states of ${name} that wait in ${project.dir}`).to.be.at.least(expected.length);
    expect(notices.length, `notices in ${project.dir}`).to.be.at.most(isConfirmed ? 0 : 1);
  }

  async #drop({ adopt, app: choice }: Step<"drop">, project: ModelProject): Promise<void> {
    const [name, app] = [...project.apps][choice % Math.max(1, project.apps.size)] ?? [];
    if (name === undefined || app === undefined) return;
    const { error } = await this.#run(project, { kind: "drop", name, lane: app.lane, adopt });
    const isRefused = (error as { code?: unknown } | undefined)?.code === "TARGET_MOVED";
    if (error !== undefined && !isRefused) throw error;
    this.#model.drop(project, name, { adopt, isRefused });
  }

  async #forget({ app: choice, isOrphans }: Step<"forget">, project: ModelProject): Promise<void> {
    const [name, app] = [...project.apps][choice % Math.max(1, project.apps.size)] ?? [];
    // The records of an interrupted run are not known.
    if (name === undefined || app === undefined || app.uncertain !== undefined) return;
    const dir = this.#folders.at(project.dir);
    await using environment = new Environment({ dbPath: `${dir}/.tidemark` });
    const names = isOrphans ? [] : [`${outputFolder(project)}/${app.lane}`];
    const plan = await planForget(environment, { app: name, names, orphans: isOrphans, workingDirectory: dir });
    await plan.forget();
    this.#model.forget(project, app, isOrphans);
  }

  async #run(
    project: ModelProject,
    {
      isByLink = false,
      ...run
    }: Pick<ProjectRun, "kind" | "name" | "lane" | "adopt"> & { readonly isByLink?: boolean },
  ): Promise<ProjectRunEnd> {
    const base = this.#folders.at(isByLink ? "link" : project.dir);
    if (isByLink) this.#folders.link(project.dir, "link");
    const end = await runProject({ ...run, base, far: this.#folders.far, code: project.code });
    if (!end.isAborted) expect(end.failures, `failures of ${run.name} in ${project.dir}`).to.deep.equal([]);
    if (isByLink) this.#folders.remove("link");
    return end;
  }

  #copy({ isDereferencing }: Step<"copy">, project: ModelProject): void {
    if (this.#model.projects.length >= MAX_PROJECTS) return;
    const dir = this.#newDir();
    this.#folders.copy(project.dir, dir, isDereferencing);
    const copy = copyModelProject(project, dir);
    if (isDereferencing && !copy.isAliasFolder) this.#copyAlias(project, copy);
    this.#model.projects.push(copy);
  }

  /** The link `alias` has become a folder with copies of what is in `out`. */
  #copyAlias(project: ModelProject, copy: ModelProject): void {
    copy.isAliasFolder = true;
    const uncertain = [...project.apps.values()].flatMap((app) => [...(app.uncertain ?? [])]);
    for (const state of [...project.inside.keys(), ...project.unsure, ...uncertain]) {
      if (!state.startsWith("in file out/")) continue;
      const alias = state.replace("out", "alias");
      const body = project.inside.get(state);
      if (body !== undefined) copy.inside.set(alias, body);
      if (this.#model.isUncertain(project, state)) copy.unsure.add(alias);
    }
  }

  #move({ isBack, leavesLink }: Step<"move">, project: ModelProject): void {
    const former = project.store?.confirmed[0];
    const dir = isBack && former !== undefined && !existsSync(this.#folders.at(former)) ? former : this.#newDir();
    const from = project.dir;
    this.#folders.move(from, dir);
    for (const [link, target] of this.#model.links) {
      if (target !== from) continue;
      this.#folders.remove(link);
      this.#model.links.delete(link);
    }
    project.dir = dir;
    if (!leavesLink) return;
    this.#folders.link(dir, from);
    this.#model.links.set(from, dir);
  }

  #delete(project: ModelProject): void {
    for (const [link, target] of this.#model.links) {
      if (target !== project.dir) continue;
      this.#folders.remove(link);
      this.#model.links.delete(link);
    }
    this.#folders.remove(project.dir);
    this.#model.projects.splice(this.#model.projects.indexOf(project), 1);
  }

  #writeSource(project: ModelProject, stem: string): void {
    const body = `${stem} ${this.#number++}`;
    this.#folders.writeSource(project.dir, stem, body);
    project.sources.set(stem, body);
  }

  #removeSource(project: ModelProject, stem: string): void {
    if (project.sources.delete(stem)) this.#folders.removeSource(project.dir, stem);
  }

  #newDir(): string {
    return `p${this.#number++}`;
  }

  #check(): void {
    for (const project of this.#model.projects) {
      this.#compare(this.#folders.inside(project.dir), project.inside, project);
    }
    this.#compare(this.#folders.outside(), this.#model.far, undefined);
  }

  #compare(actual: ReadonlyMap<string, string>, expected: ReadonlyMap<string, string>, project?: ModelProject): void {
    const states = [...new Set([...actual.keys(), ...expected.keys()])].toSorted();
    const wrong = states.filter(
      (state) => actual.get(state) !== expected.get(state) && !this.#model.isUncertain(project, state),
    );
    if (wrong.length === 0) return;
    const lines = wrong.map((state) => `  ${state}: ${actual.get(state)} instead of ${expected.get(state)}`);
    throw new Error([`Wrong in ${project?.dir ?? "what is outside of all projects"}:`, ...lines].join("\n"));
  }
}
