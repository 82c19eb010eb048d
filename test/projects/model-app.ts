import type { Code } from "./project-app.ts";

/** A target state by its kind and place: `in …` is below the root of the project, `far …` is not. */
export type StateName = string;

/** The records of one app, and the facts that an interrupted run leaves open. */
export interface ModelApp {
  readonly lane: string;
  /** The target states of each source's component, with their content. */
  readonly components: Map<string, Map<StateName, string>>;
  /** The components whose far states were given up, and that have not been executed since. */
  readonly gaveUp: Set<string>;
  /** The far states of the original of a copy, which are never removed, though they may be declared. */
  readonly originals: Set<StateName>;
  /** Those of {@link originals} that an interrupted run may never have recorded: the copy may take them for its own. */
  readonly doubtfulOriginals: Set<StateName>;
  /** The states that wait to be removed until the place of the store is confirmed. */
  readonly waiting: Map<StateName, string>;
  /** The waiting states that an interrupted run may never have recorded. */
  readonly doubtful: Set<StateName>;
  /** The states of which an interrupted run may have written or removed any. */
  uncertain: Set<StateName> | undefined;
}

export function createModelApp(lane: string): ModelApp {
  return {
    lane,
    components: new Map(),
    gaveUp: new Set(),
    originals: new Set(),
    doubtfulOriginals: new Set(),
    waiting: new Map(),
    doubtful: new Set(),
    uncertain: undefined,
  };
}

export function copyModelApp(app: ModelApp): ModelApp {
  return {
    lane: app.lane,
    components: new Map([...app.components].map(([stem, states]) => [stem, new Map(states)])),
    gaveUp: new Set(app.gaveUp),
    originals: new Set(app.originals),
    doubtfulOriginals: new Set(app.doubtfulOriginals),
    waiting: new Map(app.waiting),
    doubtful: new Set(app.doubtful),
    uncertain: app.uncertain && new Set(app.uncertain),
  };
}

export function isFar(state: StateName): boolean {
  return state.startsWith("far ");
}

/** The states that the component of a source declares; `out` is the name of the output folder without links. */
export function declaredStates(
  code: Code,
  out: string,
  lane: string,
  stem: string,
  body: string,
): Map<StateName, string> {
  const { parts, tag } = code;
  const names = {
    file: `in file ${out}/${lane}/${stem}.html`,
    row: `in row ${lane} ${stem}`,
    own: `in file own/${lane}/${stem}/note.txt`,
    farFile: `far file ${tag}/${lane}-${stem}.html`,
    farRow: `far row ${tag}_${lane} ${stem}`,
    farKey: `far key ${tag}/${lane}/${stem}`,
  };
  return new Map(parts.map((part) => [names[part], body]));
}

/** All states of the records of an app, with the possible states of an interrupted run. */
export function recordedStates({ components, uncertain }: ModelApp): Map<StateName, string | undefined> {
  const states = new Map<StateName, string | undefined>([...(uncertain ?? [])].map((state) => [state, undefined]));
  for (const component of components.values()) for (const [state, body] of component) states.set(state, body);
  return states;
}
