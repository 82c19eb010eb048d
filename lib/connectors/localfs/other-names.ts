import { lstatSync } from "node:fs";
import type { OwnedStates } from "../../engine/targets/target-handler.ts";
import { FileKeys } from "./file-keys.ts";

/** Tells which names in a folder stand for one file: through links, or where the file system takes no notice of case or composition. */
export class OtherNames {
  readonly #owned: OwnedStates;
  readonly #keys: FileKeys;
  readonly #identityOf: (path: string) => string | undefined;
  #byForm: Map<string, string[]> | undefined;

  /** `identityOf` gives text that is the same for the same existing file below `root`. */
  constructor(
    root: string,
    owned: OwnedStates,
    identityOf: (path: string) => string | undefined = (path) => identity(`${root}/${path}`),
  ) {
    this.#owned = owned;
    this.#keys = new FileKeys(root);
    this.#identityOf = identityOf;
  }

  /** Whether the file at a path has another name under which a component owns it. */
  hasOwner(path: string): boolean {
    const key = this.#keys.of(path);
    if (key !== path && this.#owned.has(key)) return true;
    const variant = variantOf(path);
    const file = variant === path ? undefined : this.#identityOf(path);
    if (file === undefined || this.#identityOf(variant) !== file) return false;
    const others = this.#namesLike(path).filter((name) => name !== path && this.#identityOf(name) === file);
    return others.some((name) => this.#owned.has(name));
  }

  /** The owned names that differ from `path` in case or composition at most. */
  #namesLike(path: string): readonly string[] {
    if (this.#byForm === undefined) {
      this.#byForm = new Map();
      for (const key of this.#owned.keys()) {
        if (typeof key !== "string") continue;
        const names = this.#byForm.get(formOf(key));
        if (names === undefined) this.#byForm.set(formOf(key), [key]);
        else names.push(key);
      }
    }
    return this.#byForm.get(formOf(path)) ?? [];
  }
}

/** A form that is the same for names that a file system may take for the same. */
function formOf(path: string): string {
  return path.normalize("NFC").toLowerCase().toUpperCase().normalize("NFC");
}

/** The path in another case or composition; the same path where it has neither. */
function variantOf(path: string): string {
  const lower = path.toLowerCase();
  const cased = lower === path ? path.toUpperCase() : lower;
  if (cased !== path) return cased;
  const composed = path.normalize("NFC");
  return composed === path ? path.normalize("NFD") : composed;
}

function identity(location: string): string | undefined {
  const stats = lstatSync(location, { bigint: true, throwIfNoEntry: false });
  return stats === undefined || stats.ino === 0n ? undefined : `${stats.dev}:${stats.ino}`;
}
