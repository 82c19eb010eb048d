import { mkdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import type { FolderEventSink } from "../../../../lib/connectors/localfs/watch/folder-events.ts";
import type { OpenFolderEvents } from "../../../../lib/connectors/localfs/watch/tree-subscription.ts";
import { FakeClock } from "../../../fake-clock.ts";
import { createTempFolder } from "../../../temp-folder.ts";
import { plant } from "../test-tree.ts";
import { FollowedFolder, type FollowOptions } from "./followed-folder.ts";

/** A system that tells only what a test has it tell, on a clock that stands still. */
export class SilentSystem {
  readonly clock = new FakeClock();
  /** Thrown instead of watching. */
  failure: Error | undefined;
  /** How many times its events have been asked for. */
  numOpened = 0;
  readonly #watches = new Set<{ readonly prefix: string }>();
  #sink: FolderEventSink | undefined;

  constructor() {
    // File versions are compared with the date.
    this.clock.advance(Date.now());
  }

  readonly openEvents: OpenFolderEvents = (_root, sink) => {
    this.#sink = sink;
    this.numOpened++;
    return {
      watchFolder: (prefix) => {
        if (this.failure !== undefined) throw this.failure;
        const watch = { prefix };
        this.#watches.add(watch);
        return { [Symbol.dispose]: () => void this.#watches.delete(watch) };
      },
      [Symbol.dispose]: () => {
        this.#watches.clear();
        this.#sink = undefined;
      },
    };
  };

  /** Whether somebody listens. */
  get isOpen(): boolean {
    return this.#sink !== undefined;
  }

  /** The folders that are watched. */
  get watched(): readonly string[] {
    return [...this.#watches].map(({ prefix }) => prefix);
  }

  /** Ends the watches without a word. */
  die(): void {
    this.#watches.clear();
  }

  tell(path: string): void {
    this.#sink?.changed(path, true);
  }
}

/** A followed folder `docs` on a silent system. The files are old enough to be trusted. */
export async function createSilent(
  files: Readonly<Record<string, string>>,
  options: FollowOptions & { failure?: Error } = {},
) {
  const temp = await createTempFolder();
  const docs = join(temp.path, "docs");
  mkdirSync(docs);
  plant(docs, files);
  for (const path of Object.keys(files)) utimesSync(join(docs, path), 1e9 + 0.5, 1e9 + 0.5);
  const system = new SilentSystem();
  system.failure = options.failure;
  const followed = await FollowedFolder.open(docs, {
    clock: system.clock,
    openEvents: system.openEvents,
    rescanIntervalMs: 60_000,
    pollIntervalMs: 5000,
    ...options,
  });
  return {
    followed,
    system,
    clock: system.clock,
    docs,
    at: (path: string) => join(docs, path),
    beside: (path: string) => join(temp.path, path),
    async [Symbol.asyncDispose]() {
      followed[Symbol.dispose]();
      await temp[Symbol.asyncDispose]();
    },
  };
}
