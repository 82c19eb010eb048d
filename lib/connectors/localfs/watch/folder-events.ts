import { watch } from "node:fs";
import { eventQueue } from "./event-queue.ts";

/** Is told what the system says of a tree. Paths are relative to its root and "/"-separated. */
export interface FolderEventSink {
  /**
   * Something may have happened to what is, or was, at `path`; "" is the tree. `isDeep`: a folder at that path may be another one, with
   * other things in it.
   */
  changed(path: string, isDeep: boolean): void;
}

/** Where events of a tree come from; disposing ends all of them. */
export interface FolderEvents extends Disposable {
  /**
   * Reports from now on what happens in a folder (`prefix` is its path with a "/" at its end, "" for the root); disposing the result ends
   * that. `undefined` when a watch on the whole tree has done it already.
   *
   * @throws the system's error.
   */
  watchFolder(prefix: string): Disposable | undefined;
}

/** Systems that watch a whole tree by one watch; Node makes up for it elsewhere by watching each file, which is too dear. */
const RECURSIVE_PLATFORMS: readonly NodeJS.Platform[] = ["darwin", "win32"];

/** Opens the system's events of the tree below `root`, an absolute path. */
export function openFolderEvents(
  root: string,
  sink: FolderEventSink,
  isRecursive: boolean = RECURSIVE_PLATFORMS.includes(process.platform),
): FolderEvents {
  return isRecursive ? new TreeEvents(root, sink) : new EachFolderEvents(root, sink);
}

/** One watch for each folder. */
class EachFolderEvents implements FolderEvents {
  readonly #root: string;
  readonly #sink: FolderEventSink;
  readonly #watches = new Set<Disposable>();
  readonly #loss: Disposable;

  constructor(root: string, sink: FolderEventSink) {
    this.#root = root;
    this.#sink = sink;
    this.#loss = eventQueue.listen(() => sink.changed("", true));
  }

  watchFolder(prefix: string): Disposable {
    const opened = openWatch(`${this.#root}/${prefix}`, false, {
      // Folders may come and go under one name in a moment: one that is mentioned is always taken for another one.
      onEvent: (name) => {
        eventQueue.count();
        // What happens to a folder itself has no name, as it is watched with a "/" at its end; the folder around it tells as well.
        if (name !== "" || prefix === "") this.#sink.changed(pathOf(prefix, name ?? ""), true);
      },
      onLost: () => this.#sink.changed(prefix.slice(0, -1), true),
    });
    this.#watches.add(opened);
    return {
      [Symbol.dispose]: () => {
        this.#watches.delete(opened);
        opened[Symbol.dispose]();
      },
    };
  }

  [Symbol.dispose](): void {
    this.#loss[Symbol.dispose]();
    for (const opened of this.#watches) opened[Symbol.dispose]();
    this.#watches.clear();
  }
}

/** One watch for the whole tree. */
class TreeEvents implements FolderEvents {
  readonly #root: string;
  readonly #sink: FolderEventSink;
  #opened: Disposable | undefined;

  constructor(root: string, sink: FolderEventSink) {
    this.#root = root;
    this.#sink = sink;
  }

  watchFolder(prefix: string): undefined {
    if (prefix !== "") return;
    const former = this.#opened;
    this.#opened = openWatch(`${this.#root}/`, true, {
      // Without a name, the system has lost events.
      onEvent: (name, type) =>
        this.#sink.changed(pathOf("", name?.replaceAll("\\", "/") ?? ""), name === null || type === "rename"),
      onLost: () => this.#sink.changed("", true),
    });
    former?.[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.#opened?.[Symbol.dispose]();
  }
}

interface WatchListener {
  readonly onEvent: (name: string | null, type: "rename" | "change") => void;
  /** The watch has ended by itself. */
  readonly onLost: () => void;
}

function openWatch(location: string, recursive: boolean, { onEvent, onLost }: WatchListener): Disposable {
  const watcher = watch(location, { recursive }, (type, name) => onEvent(name, type));
  watcher.on("error", () => {
    watcher.close();
    onLost();
  });
  return { [Symbol.dispose]: () => watcher.close() };
}

/** The path of a name in a folder; that of the folder when the name holds bytes that are no UTF-8, and so is not the name. */
function pathOf(prefix: string, name: string): string {
  if (!name.includes("\ufffd")) return prefix + name;
  const outer = prefix + name.slice(0, name.indexOf("\ufffd"));
  return outer.slice(0, Math.max(0, outer.lastIndexOf("/")));
}
