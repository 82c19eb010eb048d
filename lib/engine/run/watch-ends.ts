import type { Readiness } from "./readiness.ts";

/** Whether a watch of a stats group ends when the group has become ready; `false` until then. */
export interface WatchEnd {
  readonly isAtCatchUp: boolean;
}

/** The code that begins a watch of a stats group. */
export interface WatchingCode {
  /** The readiness of the component that the code belongs to. */
  readonly component: Readiness;
  /** The stats group with the code in its body; it has a nearest open group while its body, or one around it, runs. */
  readonly group: { readonly nearestOpen: object | undefined } | undefined;
  /** Whether the component that opened the watched group cannot end before the component of the code. */
  readonly isWithin: boolean;
}

interface Undecided {
  readonly code: WatchingCode;
  readonly end: { isAtCatchUp: boolean };
}

/**
 * The ends of the watches of one stats group, decided when the group becomes ready. A watch ends then if the run may wait for its code,
 * because both would wait for each other: while the function of the component, or the body of a stats group, still runs. Without live
 * members, only deletions keep the group, and they wait for all code of the component. Any other watch goes on for as long as the group.
 */
export class WatchEnds {
  readonly #undecided = new Map<Readiness, Undecided[]>();
  #decision: { readonly hasLiveMembers: boolean } | undefined;

  /** Returns the end of a watch that `code` begins. */
  endFor(code: WatchingCode): WatchEnd {
    if (this.#decision !== undefined) return { isAtCatchUp: mayBeAwaited(code, this.#decision.hasLiveMembers) };
    const ofComponent = this.#undecided.get(code.component) ?? [];
    this.#undecided.set(code.component, ofComponent);
    // A component may begin any number of watches.
    const known = ofComponent.find((other) => other.code.group === code.group);
    if (known !== undefined) return known.end;
    const end = { isAtCatchUp: false };
    ofComponent.push({ code, end });
    return end;
  }

  /** Decides on all watches: the group has become ready. */
  decide(hasLiveMembers: boolean): void {
    this.#decision = { hasLiveMembers };
    for (const { code, end } of [...this.#undecided.values()].flat()) {
      end.isAtCatchUp = mayBeAwaited(code, hasLiveMembers);
    }
    this.#undecided.clear();
  }
}

function mayBeAwaited({ component, group, isWithin }: WatchingCode, hasLiveMembers: boolean): boolean {
  return !component.isClosing || group?.nearestOpen !== undefined || (isWithin && !hasLiveMembers);
}
