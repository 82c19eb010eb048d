import type { Clock } from "../../../time/clock.ts";
import {
  isFound,
  lookAt,
  walkTree,
  type FoundFile,
  type Tree,
  type WalkStep,
  type WalkVisitor,
} from "../walk/walk-tree.ts";
import { KnownTree } from "./known-tree.ts";
import { LinkWatch } from "./link-watch.ts";
import type { PendingChanges } from "./pending-changes.ts";
import type { TreeSubscription } from "./tree-subscription.ts";

/**
 * Compares a tree with what is known of it, and remembers. A folder is watched from before it is listed, so that nothing can happen
 * unseen. Its methods are done in steps, between which others may run.
 */
export class TreeScanner implements Disposable {
  readonly #tree: Tree;
  readonly #clock: Clock;
  readonly #subscription: TreeSubscription;
  readonly #known = new KnownTree();
  readonly #links: LinkWatch;
  #scan = 0;

  constructor(tree: Tree, clock: Clock, subscription: TreeSubscription) {
    this.#tree = tree;
    this.#clock = clock;
    this.#subscription = subscription;
    this.#links = new LinkWatch(tree.root);
  }

  /** Whether a file is known. */
  get hasFiles(): boolean {
    return this.#known.hasFiles;
  }

  /**
   * Looks through the tree, or the folder in it that `prefix` says, and gives its files; all watches in it are put anew. What differs goes
   * to `pending`; without it, whoever takes the files is told by them.
   *
   * @throws TidemarkError `FILE_READ_FAILED` as a walk does; nothing is taken for removed then.
   */
  *walk(prefix: string, pending?: PendingChanges): Generator<WalkStep, void> {
    const scan = ++this.#scan;
    if (prefix === "") this.#links.begin();
    for (const step of walkTree(this.#tree, this.#visitor(scan), prefix)) {
      if (isFound(step)) this.#note(step, scan, pending);
      yield step;
    }
    pending?.remove(this.#known.forgetUnseen(prefix, scan));
  }

  /**
   * Looks at paths; what is in a folder at one of them is looked through if the path is mapped to `true`, or the folder is unknown. What
   * differs goes to `pending`.
   *
   * @throws TidemarkError `FILE_READ_FAILED` as a walk does.
   */
  *look(paths: ReadonlyMap<string, boolean>, pending: PendingChanges): Generator<WalkStep, void> {
    const scan = ++this.#scan;
    const visitor = this.#visitor(scan);
    const twins = findTwins(paths.keys());
    for (const [path, isDeep] of [...paths].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      const at = this.#known.outermostUnknown(path);
      const seen = lookAt(this.#tree, at, visitor, twins.has(path));
      if (seen !== "folder") pending.remove(this.#known.forgetFolder(at));
      if (typeof seen !== "object") pending.remove(this.#known.forgetFile(at));
      else this.#note(seen, scan, pending);
      if (seen === "folder" && (isDeep || !this.#known.hasFolder(`${at}/`))) {
        yield* this.walk(`${at}/`, pending);
      }
      yield;
    }
  }

  /** The links that lead to something else than when they were seen, and "" if the root is another folder. */
  changedLinks(): Iterable<string> {
    return this.#links.changes();
  }

  /** Ends all watches, and forgets everything. */
  [Symbol.dispose](): void {
    this.#known[Symbol.dispose]();
  }

  #visitor(scan: number): WalkVisitor {
    return {
      enterFolder: (prefix) => this.#known.enter(prefix, this.#subscription.watchFolder(prefix), scan),
      passLink: (path) => this.#links.pass(path),
    };
  }

  #note(found: FoundFile, scan: number, pending: PendingChanges | undefined): void {
    const novelty = this.#known.note(found, scan, this.#clock.date().getTime());
    if (novelty !== "same") pending?.change(found, novelty === "new");
  }
}

/** The paths that differ from another one in case or normalisation only: a file may still be found under a name that it has no more. */
function findTwins(paths: Iterable<string>): ReadonlySet<string> {
  const byFolded = Map.groupBy(paths, (path) => path.normalize().toLowerCase());
  return new Set([...byFolded.values()].filter((group) => group.length > 1).flat());
}
