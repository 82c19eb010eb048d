import { isLoaded, presentId } from "./loaded-logic.ts";

/** How a function takes part in change detection: `"full"` with what it calls, `"self"` alone, `"none"` not at all. */
export type LogicTracking = "full" | "self" | "none";

/**
 * What a component or a memoized call depended on besides its arguments: ids of logic, and generations of the target
 * containers it declared into (`@<container>#<generation>`).
 */
export class Dependencies {
  readonly #tokens = new Set<string>();
  readonly #texts = new Set<string>();
  readonly #outer: Dependencies | undefined;
  readonly #takesCalls: boolean;
  #text: string | undefined;

  /** With `outer`, what is added here is added there as well. `tracking` says whether logic of callees counts. */
  constructor(tracking: LogicTracking = "full", outer?: Dependencies) {
    this.#takesCalls = tracking === "full";
    this.#outer = outer;
  }

  /** Adds the function's own logic; callers get it too, if they follow their callees. */
  addOwn(id: string): void {
    this.#add(id);
    this.#outer?.addCallee(id);
  }

  /** Adds the logic of a function that was called. */
  addCallee(id: string): void {
    if (!this.#takesCalls) return;
    this.addOwn(id);
  }

  /** Adds the generation of a container; this counts whatever the tracking. */
  addContainer(token: string): void {
    this.#add(token);
    this.#outer?.addContainer(token);
  }

  /** Adds everything a mounted child depended on, as text made by {@link toString}. */
  addChild(text: string): void {
    if (this.#texts.has(text)) return;
    this.#texts.add(text);
    for (const token of splitTokens(text)) this.#add(token);
  }

  /** Adds everything a call depended on that was answered from its memo. */
  addCall(text: string): void {
    for (const token of splitTokens(text)) {
      if (isContainerToken(token)) this.addContainer(token);
      else this.addCallee(token);
    }
  }

  /** The dependencies as text, equal for equal sets. */
  toString(): string {
    this.#text ??= [...this.#tokens].toSorted().join(",");
    return this.#text;
  }

  #add(token: string): void {
    if (this.#tokens.has(token)) return;
    this.#tokens.add(token);
    this.#text = undefined;
  }
}

/** The token of a container's generation. */
export function formatContainerToken(container: string, generation: number): string {
  return `@${container}#${generation}`;
}

/**
 * Whether everything in `text` still holds: all logic is loaded, and each container that is mounted in this run has the
 * same generation. A container that is not mounted says nothing.
 */
export function holds(text: string, generationOf: (container: string) => number | undefined): boolean {
  return splitTokens(text).every((token) => {
    if (!isContainerToken(token)) return isLoaded(token);
    const separator = token.lastIndexOf("#");
    const generation = generationOf(token.slice(1, separator));
    return generation === undefined || generation === Number(token.slice(separator + 1));
  });
}

/**
 * Returns dependencies that Tidemark 0.1 has stored with the present ids of logic. `tokenOf` returns the present token of a container for
 * the one that 0.1 has stored, or `undefined` for a container that is not mounted, whose token is kept.
 */
export function translate(text: string, tokenOf: (container: string) => string | undefined): string {
  const tokens = splitTokens(text).map((token) => {
    if (!isContainerToken(token)) return presentId(token);
    const separator = token.lastIndexOf("#");
    const container = token.slice(1, separator);
    return formatContainerToken(tokenOf(container) ?? container, Number(token.slice(separator + 1)));
  });
  return [...new Set(tokens)].toSorted().join(",");
}

function isContainerToken(token: string): boolean {
  return token.startsWith("@");
}

function splitTokens(text: string): string[] {
  return text === "" ? [] : text.split(",");
}
