import type { Finding } from "./finding.ts";

/** The most findings of each sort that are listed; the others are counted. */
const MAX_LISTED = 10_000;

/** Counts of the checked parts of a store. */
export interface CheckCounts {
  apps: number;
  rows: number;
  components: number;
  states: number;
  /** Target states of which several may be outside, as after an interrupted run: the next update makes sure of them. */
  uncertainStates: number;
  calls: number;
  targets: number;
  updates: number;
  givenUpStates: number;
  pendingDeletions: number;
  /** Target states that were compared with the states outside. */
  checkedTargets: number;
  /** Target states that could not be compared: their target is not defined, or its handler cannot tell. */
  uncheckedTargets: number;
}

/** The result of a check. */
export interface StoreReport {
  readonly isSound: boolean;
  readonly numProblems: number;
  /** The first 10,000 problems. */
  readonly problems: readonly Finding[];
  readonly numNotes: number;
  /** The first 10,000 notes: states that are normal, and worth knowing. */
  readonly notes: readonly Finding[];
  readonly counts: Readonly<CheckCounts>;
}

/** Gathers the findings of a check. */
export class Findings {
  readonly counts: CheckCounts = {
    apps: 0,
    rows: 0,
    components: 0,
    states: 0,
    uncertainStates: 0,
    calls: 0,
    targets: 0,
    updates: 0,
    givenUpStates: 0,
    pendingDeletions: 0,
    checkedTargets: 0,
    uncheckedTargets: 0,
  };
  readonly #problems: Finding[] = [];
  readonly #notes: Finding[] = [];
  #numProblems = 0;
  #numNotes = 0;

  /** Whether further problems are only counted. */
  get isFull(): boolean {
    return this.#problems.length >= MAX_LISTED;
  }

  /** Findings that are not reported: of rows that are read again. */
  aside(): Findings {
    return new Findings();
  }

  addProblem(finding: Finding): void {
    this.#numProblems++;
    if (!this.isFull) this.#problems.push(finding);
  }

  addNote(finding: Finding): void {
    this.#numNotes++;
    if (this.#notes.length < MAX_LISTED) this.#notes.push(finding);
  }

  report(): StoreReport {
    return {
      isSound: this.#numProblems === 0,
      numProblems: this.#numProblems,
      problems: this.#problems,
      numNotes: this.#numNotes,
      notes: this.#notes,
      counts: { ...this.counts },
    };
  }
}
