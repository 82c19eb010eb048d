import { once } from "node:events";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import type { UpdateSnapshot } from "../../lib/index.ts";
import type { ProgramOutcome, startProgram } from "./run-program.ts";

/** A live run in a process of its own that prints JSON; `await using` stops it. */
export class FollowingRun implements AsyncDisposable {
  readonly #child: ReturnType<typeof startProgram>;
  readonly #stderr: Promise<string>;
  readonly #closed: Promise<unknown[]>;
  readonly #lines: string[] = [];
  #latest: UpdateSnapshot | undefined;
  #onLine: (() => void) | undefined;

  constructor(child: ReturnType<typeof startProgram>) {
    this.#child = child;
    this.#stderr = text(child.stderr);
    this.#closed = once(child, "close");
    createInterface(child.stdout).on("line", (line) => this.#take(line));
    void this.#closed.then(() => this.#onLine?.());
  }

  /** Waits until the run says that it has caught up and `isEnough`. */
  async caughtUp(isEnough: (snapshot: UpdateSnapshot) => boolean = () => true): Promise<void> {
    while (this.#latest?.status !== "ready" || !isEnough(this.#latest)) {
      if (this.#child.exitCode !== null) throw new Error(`The run has ended: ${await this.#stderr}`);
      await new Promise<void>((resolve) => (this.#onLine = resolve));
    }
  }

  /** Asks it to end, as Ctrl-C does, and waits for that. */
  async stop(): Promise<ProgramOutcome> {
    this.#child.kill("SIGINT");
    const [code] = await this.#closed;
    return { code: code as number | null, stdout: this.#lines.join("\n"), stderr: await this.#stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null) await this.stop();
  }

  #take(line: string): void {
    this.#lines.push(line);
    const snapshot = JSON.parse(line) as UpdateSnapshot & { readonly group: string | null };
    if (snapshot.group === null) this.#latest = snapshot;
    this.#onLine?.();
  }
}
