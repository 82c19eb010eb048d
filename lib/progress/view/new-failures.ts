import type { ComponentFailure } from "../report.ts";

/** Tells the failures of one report that are new from those that were there before. */
export class NewFailures {
  #last: ComponentFailure | undefined;
  #numTaken = 0;

  /** How many there have been; fewer than the report's errors when more came at once than it keeps. */
  get numTaken(): number {
    return this.#numTaken;
  }

  /** Takes the newest failures of the report, oldest first, and gives those that are new. */
  take(failures: readonly ComponentFailure[]): readonly ComponentFailure[] {
    const added = this.#last === undefined ? failures : failures.slice(failures.lastIndexOf(this.#last) + 1);
    this.#last = failures.at(-1) ?? this.#last;
    this.#numTaken += added.length;
    return added;
  }
}
