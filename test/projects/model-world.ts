import { isDeepStrictEqual } from "node:util";
import { declaredStates, isFar, recordedStates, type ModelApp, type StateName } from "./model-app.ts";
import { outputFolder, type ModelProject } from "./model-project.ts";

/** Facts of one run that the model cannot derive. */
export interface RunFacts {
  readonly adopt: boolean;
  readonly isFull: boolean;
  /** The sources whose components were executed. */
  readonly executed: ReadonlySet<string>;
}

/** A world of projects, with the target states outside of all projects, in which runs remove only their own states. */
export class ModelWorld {
  readonly projects: ModelProject[] = [];
  /** The target states outside of all projects. */
  readonly far = new Map<StateName, string>();
  /** Links that were left where a project was, with the folder that they lead to. */
  readonly links = new Map<string, string>();
  /** States outside of which it is not known whether they exist: two stores clash, or a run was interrupted. */
  readonly unsure = new Set<StateName>();
  /** Tables that two stores have written into: the one that made it drops it with the rows of both. */
  readonly #clashes = new Set<string | undefined>();
  /** The projects that may have written a state outside of all projects. */
  readonly #writers = new Map<StateName, Set<ModelProject>>();
  #nextId = 1;

  /** Opens the store for a run of an app. Returns whether its place is confirmed. */
  open(project: ModelProject, app: ModelApp, adopt: boolean): boolean {
    const location = this.#locate(project);
    const { dir, store } = project;
    const isConfirmed = location !== "moved" || adopt;
    if (store === undefined || location === "copied") {
      project.store = { id: this.#nextId++, openedAt: dir, confirmed: [dir], copiedApps: [...project.apps.values()] };
    } else {
      const confirmed = location === "moved" && adopt ? [...store.confirmed, dir] : store.confirmed;
      project.store = { ...store, openedAt: dir, confirmed };
    }
    const { copiedApps } = project.store;
    if (copiedApps.includes(app)) this.#giveUpFar(app);
    project.store = { ...project.store, copiedApps: copiedApps.filter((other) => other !== app) };
    return isConfirmed;
  }

  /** Applies an update that has ended well. Returns whether the place of the store was confirmed. */
  update(project: ModelProject, app: ModelApp, { adopt, executed, isFull }: RunFacts): boolean {
    const isConfirmed = this.open(project, app, adopt);
    const before = recordedStates(app);
    const taken = new Set<StateName>();
    const next = new Map<string, Map<StateName, string>>();
    for (const [stem, body] of project.sources) {
      const states = declaredStates(project.code, outputFolder(project), app.lane, stem, body);
      if (executed.has(stem)) {
        for (const [state, content] of states) {
          this.#write(project, state, content, isFull || this.#isNew(project, app, state, content));
        }
        for (const state of states.keys()) taken.add(state);
        app.gaveUp.delete(stem);
        next.set(stem, states);
      } else {
        next.set(stem, this.#keep(project, app, stem, states));
      }
    }
    app.components.clear();
    for (const [stem, states] of next) app.components.set(stem, states);
    takeFromOthers(project, app, taken);
    this.#remove(project, app, before, isConfirmed);
    return isConfirmed;
  }

  /** Applies a drop. `isRefused` tells that nothing was dropped because target states are outside of a project that was moved. */
  drop(project: ModelProject, name: string, { adopt, isRefused }: { adopt: boolean; isRefused: boolean }): void {
    const app = project.apps.get(name)!;
    const isConfirmed = this.open(project, app, adopt);
    const before = recordedStates(app);
    // An interrupted run may have recorded none of its states, and its waiting states may be none.
    const waiting = [...app.waiting.keys()].filter((state) => !app.doubtful.has(state));
    const hasFar = app.uncertain === undefined && [...before.keys(), ...waiting].some(isFar);
    if (isRefused && isConfirmed) throw new Error(`The drop of ${name} was refused in a confirmed place`);
    // A container of which the model knows nothing may be outside, too.
    if (isRefused) return;
    if (hasFar && !isConfirmed) throw new Error(`The drop of ${name} was not refused in a place that is not confirmed`);
    app.components.clear();
    this.#remove(project, app, before, isConfirmed);
    project.apps.delete(name);
  }

  /** Forgets the waiting states of an app, or its states in its output folder. */
  forget(project: ModelProject, app: ModelApp, isOrphans: boolean): void {
    if (isOrphans) return app.waiting.clear();
    const folder = `in file ${outputFolder(project)}/${app.lane}/`;
    for (const states of app.components.values()) {
      for (const state of states.keys()) if (state.startsWith(folder)) states.delete(state);
    }
  }

  /** A run was interrupted: any state that it knows or declares may have been written or removed. */
  interrupt(project: ModelProject, app: ModelApp, adopt: boolean): void {
    this.open(project, app, adopt);
    const possible = [...recordedStates(app).keys(), ...app.waiting.keys()];
    for (const [stem, body] of project.sources) {
      possible.push(...declaredStates(project.code, outputFolder(project), app.lane, stem, body).keys());
    }
    app.uncertain = new Set([...possible, ...(app.uncertain ?? [])]);
    for (const state of app.uncertain) {
      if (!isFar(state)) continue;
      this.unsure.add(state);
      this.#noteWriter(project, state);
    }
    // It may have taken states over from the app of another name.
    for (const other of project.apps.values()) {
      if (other.lane === app.lane) other.uncertain = new Set([...app.uncertain, ...(other.uncertain ?? [])]);
    }
  }

  /** Whether nothing can be said about a state of a project. */
  isUncertain(project: ModelProject | undefined, state: StateName): boolean {
    if (project === undefined) return this.unsure.has(state) || this.#clashes.has(tableOf(state));
    return project.unsure.has(state) || [...project.apps.values()].some((app) => app.uncertain?.has(state) === true);
  }

  /** Whether another project has the store of this one, as a copy that has not been opened since, or as its original. */
  hasTwin({ dir, store }: ModelProject): boolean {
    return store !== undefined && this.projects.some((each) => each.dir !== dir && each.store?.id === store.id);
  }

  #locate({ dir, store }: ModelProject): "confirmed" | "copied" | "moved" {
    if (store === undefined) return "confirmed";
    const at = (path: string): string => this.links.get(path) ?? path;
    const isConfirmed = store.confirmed.some((path) => at(path) === dir);
    if (isConfirmed && at(store.openedAt) === dir) return "confirmed";
    const former = [store.openedAt, ...store.confirmed].map(at).filter((path) => path !== dir);
    const isCopy = this.projects.some((other) => former.includes(other.dir) && other.store?.id === store.id);
    if (isCopy) return "copied";
    return isConfirmed ? "confirmed" : "moved";
  }

  /** Nothing outside is removed, and nothing of it is of this store any more. */
  #giveUpFar(app: ModelApp): void {
    for (const [stem, states] of app.components) {
      const far = [...states.keys()].filter(isFar);
      for (const state of far) states.delete(state);
      for (const state of far) app.originals.add(state);
      if (far.length > 0) app.gaveUp.add(stem);
    }
    for (const state of app.waiting.keys()) if (isFar(state)) app.originals.add(state);
    app.waiting.clear();
    for (const state of app.uncertain ?? []) {
      if (!isFar(state)) continue;
      if (!app.originals.has(state)) app.doubtfulOriginals.add(state);
      app.originals.add(state);
      app.uncertain?.delete(state);
    }
  }

  /** A component declares a state. `isWritten` tells that its records cannot say that it is there already. */
  #write(project: ModelProject, state: StateName, body: string, isWritten: boolean): void {
    if (!isFar(state)) {
      project.inside.set(state, body);
      project.unsure.delete(state);
      return;
    }
    this.#noteClash(project, state);
    const isOthers = this.#noteWriter(project, state);
    // A handler does not look whether another store has removed or replaced a state that its records say is there.
    const isDoubtful = isOthers && (this.unsure.has(state) || this.far.get(state) !== body);
    if (!isWritten && isDoubtful) return void this.unsure.add(state);
    this.far.set(state, body);
    this.unsure.delete(state);
  }

  /** Notes that a project may have written a state. Returns whether another one may have as well. */
  #noteWriter(project: ModelProject, state: StateName): boolean {
    const writers = this.#writers.get(state) ?? new Set();
    this.#writers.set(state, writers.add(project));
    return writers.size > 1;
  }

  #noteClash(project: ModelProject, state: StateName): void {
    const table = tableOf(state);
    if (table === undefined) return;
    const others = this.projects.filter((other) => other !== project && other.store?.id !== project.store?.id);
    const known = others.flatMap((other) => [...other.apps.values()].flatMap((app) => [...recordedStates(app).keys()]));
    if (known.some((other) => tableOf(other) === table)) this.#clashes.add(table);
  }

  /** Whether no record of the store can say that a state is there with this content. */
  #isNew(project: ModelProject, app: ModelApp, state: StateName, body: string): boolean {
    if (app.uncertain?.has(state) === true) return false;
    return [...project.apps.values(), app].every(
      (other) => recordedStates(other).get(state) !== body && other.waiting.get(state) !== body,
    );
  }

  /** Keeps the records of a component that was not executed, which must match its present source and code. */
  #keep(
    project: ModelProject,
    app: ModelApp,
    stem: string,
    states: ReadonlyMap<StateName, string>,
  ): Map<StateName, string> {
    const hasGivenUp = app.gaveUp.has(stem);
    const wanted = new Map([...states].filter(([state]) => !hasGivenUp || !isFar(state)));
    if (app.uncertain !== undefined) {
      for (const [state, body] of wanted) this.#write(project, state, body, false);
      if (hasGivenUp) for (const state of states.keys()) if (isFar(state)) this.unsure.add(state);
      return wanted;
    }
    const recorded = app.components.get(stem) ?? new Map<StateName, string>();
    if (isDeepStrictEqual(recorded, wanted)) return recorded;
    const [left, right] = [recorded, wanted].map((map) => JSON.stringify([...map]));
    throw new Error(`The component of ${stem} is unchanged, but stale: ${left} instead of ${right}`);
  }

  /** Removes the recorded states that no component declares any more, or lets them wait. */
  #remove(
    project: ModelProject,
    app: ModelApp,
    before: ReadonlyMap<StateName, string | undefined>,
    isConfirmed: boolean,
  ): void {
    const declared = new Set([...app.components.values()].flatMap((states) => [...states.keys()]));
    const gone = [...before].filter(([state]) => !declared.has(state));
    for (const [state, body] of gone) {
      app.waiting.set(state, body ?? "");
      if (app.uncertain !== undefined) app.doubtful.add(state);
      else app.doubtful.delete(state);
    }
    for (const state of declared) app.waiting.delete(state);
    for (const [state, body] of app.waiting) {
      if (app.originals.has(state)) {
        app.waiting.delete(state);
        if (app.doubtfulOriginals.has(state)) this.unsure.add(state);
        continue;
      }
      if (!isConfirmed && isFar(state)) continue;
      app.waiting.delete(state);
      const [actual, unsure] = isFar(state) ? [this.far, this.unsure] : [project.inside, project.unsure];
      const isSure = app.uncertain === undefined || actual.get(state) === undefined || actual.get(state) === body;
      if (isSure) unsure.delete(state);
      else unsure.add(state);
      actual.delete(state);
    }
    app.uncertain = undefined;
  }
}

/** Each state has one owner in a store: the app that has declared it last. */
function takeFromOthers(project: ModelProject, app: ModelApp, taken: ReadonlySet<StateName>): void {
  for (const other of project.apps.values()) {
    if (other === app) continue;
    for (const states of other.components.values()) for (const state of taken) states.delete(state);
    for (const state of taken) {
      if (other.originals.has(state)) app.originals.add(state);
      other.waiting.delete(state);
      other.uncertain?.delete(state);
    }
  }
}

/** The table of a row outside of all projects; `undefined` for any other state. */
function tableOf(state: StateName): string | undefined {
  return /^far row \S+ /.exec(state)?.[0];
}
