import type { AppRows } from "../engine/records/app-rows.ts";
import { danglingStates } from "../engine/targets/dangling-states.ts";
import { forgetStates, type StateFilter } from "../engine/targets/forget-states.ts";
import { givenUpState, trackedState, type RecordedState } from "../engine/targets/recorded-states.ts";
import { formatPath } from "../state/stable-key.ts";
import { stateOf, type Environment } from "./environment.ts";
import { createTargetFilter, targetName } from "./target-location.ts";

/**
 * Why a target state is to be forgotten: the user has named it; it was given up in a store that was copied or moved; its target is not
 * defined in this process; or no component owns it.
 */
export type ForgetReason = "named" | "given up" | "undefined" | "no owner";

/** A target state that is to be forgotten. */
export interface ForgottenState {
  /** The state as people name it. */
  readonly target: string;
  /** The path of the component that owns it, or owned it. */
  readonly component: string;
  readonly reason: ForgetReason;
}

/** The target states that are to be forgotten. */
export interface ForgetQuery {
  readonly app: string;
  /** Names of target states; see {@link createTargetFilter}. */
  readonly names: readonly string[];
  /** Whether states are included that were given up, have no owner, or whose target is not defined. */
  readonly orphans: boolean;
  /** The folder that relative paths in `names` are relative to. */
  readonly workingDirectory: string;
}

/** Target states that were found, and that can be forgotten. */
export interface ForgetPlan {
  readonly states: readonly ForgottenState[];
  /** The names that no target state has. */
  readonly unknownNames: readonly string[];
  /** Removes the records of the states, and nothing outside. Their components run again in the next update. */
  forget(): Promise<void>;
}

const REASONS = {
  "given-up": "given up",
  undefined: "undefined",
  detached: "no owner",
  unowned: "no owner",
  untracked: "no owner",
} as const;

/** Finds the target states of an app that are to be forgotten. Changes nothing. */
export async function planForget(environment: Environment, query: ForgetQuery): Promise<ForgetPlan> {
  const state = stateOf(environment);
  const rows = await state.findRows(query.app);
  if (rows === undefined) return { states: [], unknownNames: query.names, forget: async () => {} };
  const selection = new Selection(rows, state.root);
  const unknownNames = query.names.filter((name) => !selection.addNamed(name, query.workingDirectory));
  if (query.orphans) selection.addOrphans();
  return { states: selection.states, unknownNames, forget: () => selection.forget() };
}

/** Records of target states of one app that were chosen. */
class Selection {
  readonly #rows: AppRows;
  readonly #root: string;
  readonly #chosen = new Map<string, ForgottenState>();

  constructor(rows: AppRows, root: string) {
    this.#rows = rows;
    this.#root = root;
  }

  get states(): readonly ForgottenState[] {
    return [...this.#chosen.values()];
  }

  /** Adds the states of a name. Returns whether there are any. */
  addNamed(name: string, workingDirectory: string): boolean {
    const isNamed = createTargetFilter(name, { root: this.#root, workingDirectory });
    const named = [...recordedStates(this.#rows)].filter(({ path }) => isNamed(path));
    for (const state of named) this.#add(state, "named");
    return named.length > 0;
  }

  addOrphans(): void {
    for (const { kind, state } of danglingStates(this.#rows)) this.#add(state, REASONS[kind]);
  }

  async forget(): Promise<void> {
    const isChosen: StateFilter = (state) => this.#chosen.has(keyOf(state));
    await forgetStates(this.#rows, isChosen);
  }

  #add(state: RecordedState, reason: ForgetReason): void {
    const key = keyOf(state);
    if (this.#chosen.has(key)) return;
    this.#chosen.set(key, { target: targetName(state.path, this.#root), component: state.owner, reason });
  }
}

function* recordedStates(rows: AppRows): Generator<RecordedState> {
  for (const { row } of rows.states.tracked()) for (const item of row.items) yield trackedState(rows, item, row);
  for (const row of rows.states.allGivenUp()) yield givenUpState(rows, row);
}

/** Names a record: a state may have been given up by one component and be owned by another. */
function keyOf({ owner, path, reason }: RecordedState): string {
  return `${reason ?? ""} ${formatPath(path)} ${owner}`;
}
