import { once } from "node:events";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import type { UpdateSnapshot } from "../../lib/index.ts";
import type { ProgramOutcome, RunningProgram } from "./run-program.ts";

/** A live run that prints JSON, in a process group of its own; `await using` stops it. */
export class FollowingRun implements AsyncDisposable {
  readonly #child: RunningProgram;
  readonly #stderr: Promise<string>;
  readonly #closed: Promise<unknown[]>;
  readonly #lines: string[] = [];
  #latest: UpdateSnapshot | undefined;
  #onLine: (() => void) | undefined;

  constructor(child: RunningProgram) {
    this.#child = child;
    this.#stderr = text(child.stderr);
    this.#closed = once(child, "close");
    createInterface(child.stdout).on("line", (line) => this.#take(line));
    void this.#closed.then(() => this.#onLine?.());
  }

  /** Waits until the run says that it has caught up and `isEnough`. */
  async caughtUp(isEnough: (snapshot: UpdateSnapshot) => boolean = () => true): Promise<void> {
    while (this.#latest?.status !== "ready" || !isEnough(this.#latest)) {
      if (this.#hasEnded) throw new Error(`The run has ended: ${await this.#stderr}`);
      await new Promise<void>((resolve) => (this.#onLine = resolve));
    }
  }

  /** Asks it to end, as Ctrl-C does: everything in the process group; waits for that. */
  async stop(): Promise<ProgramOutcome> {
    process.kill(-this.#child.pid!, "SIGINT");
    const [code] = await this.#closed;
    return { code: code as number | null, stdout: this.#lines.join("\n"), stderr: await this.#stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#hasEnded) await this.stop();
  }

  get #hasEnded(): boolean {
    return (this.#child.exitCode ?? this.#child.signalCode) !== null;
  }

  #take(line: string): void {
    this.#lines.push(line);
    // Some versions of npm go on after Ctrl-C to what is printed at the end of `npm start`.
    if (!line.startsWith("{")) return;
    const snapshot = JSON.parse(line) as UpdateSnapshot & { readonly group: string | null };
    if (snapshot.group === null) this.#latest = snapshot;
    this.#onLine?.();
  }
}
