import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { MAX_RUN_MS, readChildNotes, withoutNodeOptions, type ChildRun, type ProcessExit } from "./child-run.ts";
import type { RunEnd, RunOrder } from "./run-order.ts";

const SCRIPT = fileURLToPath(new URL("./pipeline-process.ts", import.meta.url));

/** A process that makes runs until a fault ends it. */
export class PipelineChild implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #ready: Promise<unknown>;
  readonly #exited: Promise<ProcessExit>;
  #errors = "";
  #isOver = false;

  constructor(env: Readonly<Record<string, string>> = {}) {
    this.#process = fork(SCRIPT, [], {
      env: withoutNodeOptions(env),
      execArgv: [],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.#process.stderr!.setEncoding("utf8").on("data", (text: string) => (this.#errors += text));
    this.#exited = once(this.#process, "close").then(([code, signal]) => {
      this.#isOver = true;
      return { code, signal };
    });
    this.#ready = once(this.#process, "message");
    this.#ready.catch(() => {});
  }

  get pid(): number {
    return this.#process.pid!;
  }

  /** Whether the process has ended. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Has the process make a run, and resolves when the run or the process has ended. */
  async run(order: RunOrder): Promise<ChildRun> {
    await Promise.race([this.#ready, this.#exited]);
    this.#errors = "";
    const late = Promise.withResolvers<"hung">();
    const timer = setTimeout(() => late.resolve("hung"), MAX_RUN_MS);
    const stop = new AbortController();
    try {
      const message = once(this.#process, "message", { signal: stop.signal }).then(([end]) => ({ end: end as RunEnd }));
      message.catch(() => {});
      // A process that has just ended takes no message.
      this.#process.send(order, () => {});
      const first = await Promise.race([message, this.#exited, late.promise]);
      if (first === "hung") await this[Symbol.asyncDispose]();
      return this.#describe(order.number, first);
    } finally {
      stop.abort();
      clearTimeout(timer);
    }
  }

  /** Ends the process, as `kill -9` does. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#exited;
  }

  #describe(number: number, first: { readonly end: RunEnd } | ProcessExit | "hung"): ChildRun {
    const noted = readChildNotes(number, this.#errors);
    // Standard error is read after the message at times, but to its end before the process is gone.
    if (typeof first === "object" && "end" in first) {
      const { end } = first;
      const { happened, unhandled } = end;
      return { ...noted, happened, unhandled, end, exit: undefined, isHung: false };
    }
    return { ...noted, end: undefined, exit: first === "hung" ? undefined : first, isHung: first === "hung" };
  }
}
