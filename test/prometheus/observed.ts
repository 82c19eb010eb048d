import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { UpdateStats } from "../../lib/index.ts";

/** The titles of the two groups of an observed app; one has what regular expressions and PromQL take for their own. */
export const DOCS = "Indexing docs";
export const CODE = "Indexing 'code' (a|b) \\ v1.5";

/** What an observed app is to work through. */
export interface ObservedUpdate {
  readonly app: string;
  /** An item is its own key, but for a version at its end (` v2`). One that begins with `broken` fails, with `held` waits. */
  readonly docs: readonly string[];
  readonly code: readonly string[];
  /** Whether the main function fails, after it has mounted all. */
  readonly isFailing?: boolean;
}

/** What the process of an observed app is told. */
export type ObservedCommand =
  | ObservedUpdate
  | { readonly follow: string; readonly doc: string }
  | { readonly set: string }
  | "look"
  | "release"
  | "abort"
  | "fail";

/** What one report of an observed app has counted. */
export interface ObservedReport {
  readonly app: string;
  readonly group: string;
  readonly stats: UpdateStats;
}

/** A process with apps whose metrics can be scraped. */
export interface ObservedProcess extends AsyncDisposable {
  readonly port: number;
  /** `host:port`. */
  readonly target: string;
  /** Runs an app; gives its final reports. */
  update(update: ObservedUpdate): Promise<readonly ObservedReport[]>;
  /** Runs an app as far as to its item that waits. */
  hold(update: ObservedUpdate): Promise<void>;
  /** What the reports of the run that waits have counted by now. */
  look(): Promise<readonly ObservedReport[]>;
  /** Lets the waiting item go on; gives the final reports. */
  release(): Promise<readonly ObservedReport[]>;
  /** Aborts the run that waits; gives the final reports. */
  abort(): Promise<readonly ObservedReport[]>;
  /** Runs an app over a live map of one document and over a feed of nothing; goes on as soon as the document waits. */
  follow(app: string, doc: string): Promise<void>;
  /** Sets a document of that live map, and goes on as soon as it waits. */
  set(doc: string): Promise<void>;
  /** Lets the documents of that live map go on. */
  resume(): void;
  /** Has the feed fail from now on. */
  fail(): void;
}

interface News {
  readonly kind: "serving" | "held" | "looked" | "done";
  readonly port: number;
  readonly reports: readonly ObservedReport[];
}

/** Starts an {@link ObservedProcess} on a port, any free one without it. */
export async function startObserved(dbPath: string, port = 0): Promise<ObservedProcess> {
  const child = fork(join(import.meta.dirname, "observed-process.ts"), [String(port), dbPath]);
  const serving = await nextNews(child, "serving");
  const tell = (command: ObservedCommand): boolean => child.send(command);
  return {
    port: serving.port,
    target: `127.0.0.1:${serving.port}`,
    async update(update) {
      tell(update);
      return (await nextNews(child, "done")).reports;
    },
    async hold(update) {
      tell(update);
      await nextNews(child, "held");
    },
    async look() {
      tell("look");
      return (await nextNews(child, "looked")).reports;
    },
    async release() {
      tell("release");
      return (await nextNews(child, "done")).reports;
    },
    async abort() {
      tell("abort");
      return (await nextNews(child, "done")).reports;
    },
    async follow(app, doc) {
      tell({ follow: app, doc });
      await nextNews(child, "held");
    },
    async set(doc) {
      tell({ set: doc });
      await nextNews(child, "held");
    },
    resume: () => void tell("release"),
    fail: () => void tell("fail"),
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

async function nextNews(child: ChildProcess, kind: News["kind"]): Promise<News> {
  const ending = new AbortController();
  const gone = once(child, "exit", { signal: ending.signal }).then(([code]): never => {
    throw new Error(`The observed process has ended with ${code} before it was ${kind}`);
  });
  try {
    for (;;) {
      const [news] = (await Promise.race([once(child, "message", { signal: ending.signal }), gone])) as [News];
      if (news.kind === kind) return news;
    }
  } finally {
    gone.catch(() => {});
    ending.abort();
  }
}
