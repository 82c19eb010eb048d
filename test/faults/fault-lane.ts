import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FaultAct } from "./fault.ts";
import type { FaultKind } from "./fault-kinds.ts";
import { FILLER } from "./machine.ts";
import { mountMemory, unmount } from "./memory-disk.ts";
import type { ChildRun } from "./child-run.ts";
import { PipelineChild } from "./pipeline-child.ts";
import { runCommandLine } from "./run-command-line.ts";
import type { FaultPlan } from "./random-fault-plan.ts";
import type { RunOrder } from "./run-order.ts";

/** Soft limits that no run reaches. */
const NO_LIMITS = ["--fsize=unlimited:", "--nofile=1024:"];

/** A place that runs one case after another, with the process for their runs. */
export class FaultLane implements AsyncDisposable {
  readonly #folder: string;
  readonly #libfaketime: string | undefined;
  readonly #env: Readonly<Record<string, string>>;
  #child: PipelineChild | undefined;
  #isFaking = false;
  #numRuns = 0;
  #numCases = 0;
  #disk: string | undefined;

  /** `libfaketime` is the path of the library, where it is installed. */
  constructor(folder: string, libfaketime: string | undefined) {
    this.#folder = folder;
    this.#libfaketime = libfaketime;
    this.#env = { NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] ?? join(folder, "compiled") };
    mkdirSync(folder, { recursive: true });
  }

  /** The mounted file system that the present case can fill, if it has one. */
  get disk(): string | undefined {
    return this.#disk;
  }

  /** The folder for runs from scratch. */
  get scratch(): string {
    return join(this.#folder, "scratch");
  }

  /** Creates the folder of the next case, and removes the folder of the last case. */
  async open(kind: FaultKind, onDisk: FaultPlan["onDisk"]): Promise<string> {
    this.#close();
    await this.#setFaking(kind.needs === "faketime" && this.#libfaketime !== undefined);
    const base = join(this.#folder, `case-${++this.#numCases}`);
    if (kind.needs !== "memory disk") {
      mkdirSync(base);
      return base;
    }
    this.#disk = mountMemory(join(this.#folder, "disk"));
    const onIt = join(this.#disk, "case");
    mkdirSync(onIt);
    if (onDisk === "everything") return onIt;
    // The other half stands behind a link.
    mkdirSync(base);
    const [from, to] = onDisk === "store" ? [base, onIt] : [onIt, base];
    mkdirSync(join(to, "store"));
    symlinkSync(join(to, "store"), join(from, ".tidemark"));
    return from;
  }

  /** Makes a run in the process of the lane; in a new one when a fault has ended the last. */
  async run(order: Omit<RunOrder, "number">, isByCommand: boolean): Promise<ChildRun> {
    if (isByCommand) return runCommandLine({ ...order, number: ++this.#numRuns }, this.#env);
    this.#child ??= new PipelineChild({ ...this.#env, ...(this.#isFaking ? this.#fakeTime() : {}) });
    const run = await this.#child.run({ ...order, number: ++this.#numRuns });
    if (this.#child.isOver) this.#child = undefined;
    return run;
  }

  /** Lifts the limits of the process, and empties the disk. */
  restore(acts: readonly FaultAct[]): void {
    const isLimited = acts.some((act) => act.do === "limit");
    if (isLimited && this.#child !== undefined) execFileSync("prlimit", [`--pid=${this.#child.pid}`, ...NO_LIMITS]);
    if (this.#disk !== undefined) rmSync(join(this.#disk, FILLER), { force: true });
  }

  /** Ends the process of the lane: the next run has a new one. */
  async endProcess(): Promise<void> {
    await this.#child?.[Symbol.asyncDispose]();
    this.#child = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.endProcess();
    this.#close();
  }

  #close(): void {
    if (this.#disk !== undefined) unmount(this.#disk);
    this.#disk = undefined;
    for (const name of [`case-${this.#numCases}`, "scratch", "disk"]) {
      rmSync(join(this.#folder, name), { recursive: true, force: true });
    }
  }

  async #setFaking(isFaking: boolean): Promise<void> {
    if (this.#isFaking === isFaking) return;
    this.#isFaking = isFaking;
    await this.endProcess();
  }

  /** The environment of a process whose clock can be set, while the time that intervals are measured with goes on. */
  #fakeTime(): Record<string, string> {
    const file = join(this.#folder, "clock");
    writeFileSync(file, "+0d");
    return {
      LD_PRELOAD: this.#libfaketime!,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
      DONT_FAKE_MONOTONIC: "1",
      NO_FAKE_STAT: "1",
    };
  }
}
