import { SteppedItems } from "../../engine/sources/stepped-items.ts";
import { requireFiles, type EmptyWalk } from "./empty-walk.ts";
import { createFile, type File } from "./file.ts";
import { FileSource, type FolderNames } from "./file-source.ts";
import { Turn } from "./walk/turn.ts";
import { isFound, walkTree, type Tree } from "./walk/walk-tree.ts";

/** What a {@link WalkListing} lists. */
export interface WalkListingOptions {
  readonly tree: Tree;
  readonly names: FolderNames;
  readonly empty: EmptyWalk;
  /** Ends the listing. */
  readonly signal: AbortSignal | undefined;
}

/** The files of a tree, which is walked anew each time. */
export class WalkListing extends SteppedItems<string, File> implements AsyncIterable<[path: string, file: File]> {
  readonly #options: WalkListingOptions;

  constructor(options: WalkListingOptions) {
    super();
    this.#options = options;
  }

  override get emptyReason(): string | undefined {
    const { hasGlobs, reason } = this.#options.empty;
    return hasGlobs ? reason : undefined;
  }

  override *steps(): Generator<[path: string, file: File] | Promise<void> | undefined, void> {
    const { empty, names, signal, tree } = this.#options;
    const source = new FileSource(names);
    let isEmpty = true;
    for (const step of walkTree(tree)) {
      signal?.throwIfAborted();
      isEmpty &&= !isFound(step);
      yield isFound(step) ? [step.path, createFile(source, step.path, step.stats)] : step;
    }
    signal?.throwIfAborted();
    if (isEmpty) requireFiles(empty);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<[path: string, file: File], void> {
    const turn = new Turn();
    for (const item of this.steps()) {
      // What the consumer does without waiting counts as well.
      if (turn.isOver) await turn.pass();
      this.#options.signal?.throwIfAborted();
      if (item instanceof Promise) await item;
      else if (item !== undefined) yield item;
    }
  }
}
