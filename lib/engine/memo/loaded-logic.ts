import { FormatOneWriter } from "./format-one-writer.ts";
import { fingerprintText } from "./fingerprint.ts";
import { codeOf } from "./function-code.ts";
import { inFormatOne } from "./in-format-one.ts";

/** The parts of a function's logic. */
export interface LogicSource {
  readonly name: string;
  /** The source text, or a text that stands for it. */
  readonly source: string;
  /** The source text that Tidemark 0.1 compared. @default `source` */
  readonly formatOneSource?: string;
  /** Stands for the source when given: the source may then change without effect. */
  readonly version: number | undefined;
  readonly deps: unknown;
}

/** The ids of all logic that is loaded in this process, and was asked for. A memo is valid while all logic it depended on is loaded. */
const loaded = new Set<string>();

/** Loaded logic by the id that Tidemark 0.1 gave it. */
const byFormatOneId = new Map<string, Logic>();

/** Loaded logic whose id was not asked for: tokenizing a source of 300 characters takes 0.15 ms in a new process. */
const unasked = new Set<Logic>();

/** The logic of one function, loaded from its creation on. Its `deps` are read then. */
export class Logic {
  /** The id that Tidemark 0.1 gave it; `undefined` for `deps` that 0.1 refused. */
  readonly formatOneId: string | undefined;
  readonly #source: LogicSource;
  readonly #deps: string | undefined;
  #id: string | undefined;

  constructor(source: LogicSource) {
    const { deps, formatOneSource = source.source, name, version } = source;
    this.#source = source;
    this.#deps = deps === undefined ? undefined : fingerprintText(name, deps);
    const formatOneLogic = [name, version ?? formatOneSource, deps];
    this.formatOneId = inFormatOne(() => fingerprintText(name, formatOneLogic, FormatOneWriter));
    if (this.formatOneId !== undefined) byFormatOneId.set(this.formatOneId, this);
    unasked.add(this);
  }

  /** The id: equal for functions of the same name, code (or version) and `deps`. */
  get id(): string {
    if (this.#id !== undefined) return this.#id;
    const { name, source, version } = this.#source;
    this.#id = fingerprintText(name, [name, version ?? codeOf(source), this.#deps]);
    loaded.add(this.#id);
    unasked.delete(this);
    return this.#id;
  }
}

/** Whether the logic with this id, of this version or of Tidemark 0.1, is loaded. */
export function isLoaded(id: string): boolean {
  if (loaded.has(id) || byFormatOneId.has(id)) return true;
  for (const logic of unasked) if (logic.id === id) return true;
  return false;
}

/** Returns the present id of loaded logic that has the id `id` of Tidemark 0.1; any other id as it is. */
export function presentId(id: string): string {
  return loaded.has(id) ? id : (byFormatOneId.get(id)?.id ?? id);
}
