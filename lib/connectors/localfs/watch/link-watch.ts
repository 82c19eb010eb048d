import { statSync } from "node:fs";

/** Notices by looking what no folder in the tree tells: changes of what links lead to, and of the root itself. */
export class LinkWatch {
  readonly #root: string;
  readonly #seen = new Map<string, string>();
  #rootSeen: string | undefined;

  /** `root` is the absolute path of the tree. */
  constructor(root: string) {
    this.#root = root;
  }

  /** Takes notice that the tree is looked through from its root. */
  begin(): void {
    this.#seen.clear();
    this.#rootSeen = this.#look("");
  }

  /** Takes notice of the link at a path, and of what it leads to. */
  pass(path: string): void {
    this.#seen.set(path, this.#look(path));
  }

  /** The links that lead to something else now; "" for the root. */
  *changes(): Generator<string, void> {
    if (this.#look("") !== this.#rootSeen) yield "";
    for (const [path, seen] of this.#seen) {
      if (this.#look(path) === seen) continue;
      this.#seen.delete(path);
      yield path;
    }
  }

  #look(path: string): string {
    try {
      const stats = statSync(`${this.#root}/${path}`, { bigint: true });
      const identity = `${stats.dev}:${stats.ino}`;
      return stats.isDirectory() ? identity : `${identity}:${stats.mtimeNs}:${stats.ctimeNs}:${stats.size}`;
    } catch {
      return "nothing";
    }
  }
}
