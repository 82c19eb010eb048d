import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { diagnose } from "../../lib/app/doctor.ts";
import { stateOf } from "../../lib/app/environment.ts";
import { Environment, LiveMap, type App, type UpdateHandle } from "../../lib/index.ts";
import { systemClock } from "../../lib/time/system-clock.ts";
import { writeTree } from "./case-folder.ts";
import { BEGIN, type FaultAct } from "./fault.ts";
import { createFaultApp, type Topics } from "./fault-pipeline.ts";
import type { FaultProject } from "./fault-project.ts";
import type { FaultSteps, PerformFault } from "./fault-steps.ts";
import { changeMode, fillDisk, limitProcess, removePath, setClock } from "./machine.ts";
import { errorFacts, type RunEnd, type RunOrder } from "./run-order.ts";
import { observeStore } from "./system-steps.ts";

/** A live run is given so long to apply a change before the next one. */
const MAX_WAIT_MS = 200;
const POLL_MS = 5;
const DAY_MS = 86_400_000;
/**
 * The kind of problem that interrupted runs leave where a component has taken over a state and lost it again: the former owner has the state
 * on record until it is deleted. A run that is complete leaves none.
 */
const TAKEN = "unowned-state";

/** One run of the pipeline in this process, while faults happen. */
export class FaultyRun {
  readonly #order: RunOrder;
  readonly #steps: FaultSteps;
  readonly #stop = new AbortController();
  readonly #environment: Environment;
  readonly #topics: Topics;

  constructor(order: RunOrder, createSteps: (perform: PerformFault) => FaultSteps) {
    this.#order = order;
    this.#steps = createSteps((act) => this.#perform(act));
    this.#environment = new Environment({ dbPath: join(order.base, ".tidemark"), onException: () => {} });
    Object.assign(stateOf(this.#environment), { noticeLog: () => {}, storeLog: () => {} });
    observeStore(this.#environment, this.#steps);
    this.#topics = new LiveMap(topicEntries(order.project));
  }

  get steps(): FaultSteps {
    return this.#steps;
  }

  /** Runs to the end, and closes the environment. */
  async run(): Promise<Omit<RunEnd, "happened" | "unhandled">> {
    const { base, isFull = false, liveStates, project } = this.#order;
    this.#steps.pass(BEGIN);
    const before = await this.#findProblems({ targets: false });
    const app = createFaultApp(this.#environment, { base, project, steps: this.#steps, topics: this.#topics });
    const end = await this.#update(app, isFull, liveStates);
    const after = await this.#findProblems({ targets: true });
    const begin = performance.now();
    const closeError = await this.close().then(() => undefined, errorFacts);
    const closeMs = performance.now() - begin;
    this.#steps.end();
    return { ...end, steps: this.#steps.counts, problems: [...before, ...after], closeError, closeMs };
  }

  close(): Promise<void> {
    return this.#environment.close();
  }

  async #findProblems({ targets }: { readonly targets: boolean }): Promise<string[]> {
    if (this.#order.isChecked !== true) return [];
    try {
      const { problems } = await diagnose(this.#environment, { app: "faults", targets, isRootRecorded: false });
      const unexpected = problems.filter(({ kind }) => targets || kind !== TAKEN);
      return unexpected.slice(0, 5).map(({ kind, message, subject }) => `${kind}: ${subject} ${message}`);
    } catch (error) {
      return [`it cannot be checked: ${errorFacts(error).message}`];
    }
  }

  async #update(app: App<[], Promise<void>>, isFull: boolean, liveStates: RunOrder["liveStates"]) {
    const { signal } = this.#stop;
    const handle = app.update({ fullReprocess: isFull, live: liveStates !== undefined, signal });
    const result = handle.result().then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    if (liveStates !== undefined) await this.#goThrough(handle, result, liveStates);
    const rejection = await result;
    return {
      error: rejection && errorFacts(rejection.error),
      isAborted: rejection !== undefined && signal.aborted && rejection.error === signal.reason,
      failures: handle.failures().map(({ error }) => errorFacts(error)),
      byComponent: handle.stats()?.byComponent ?? {},
    };
  }

  /** Has the sources change once a live run has caught up, and stops it. */
  async #goThrough(handle: UpdateHandle<void>, result: Promise<unknown>, states: readonly FaultProject[]) {
    let isOver = false;
    void result.then(() => (isOver = true));
    await Promise.race([result, untilReady(handle)]);
    for (const state of states) {
      if (isOver) return;
      const before = numFinished(handle);
      this.#change(state);
      const isWaiting = () => !isOver && numFinished(handle) === before;
      for (let waited = 0; isWaiting() && waited < MAX_WAIT_MS; waited += POLL_MS) await setTimeout(POLL_MS);
    }
    // The result says how it has ended.
    await handle.stop().catch(() => {});
  }

  #change(state: FaultProject): void {
    try {
      writeTree(join(this.#order.base, "watched"), state.watched);
    } catch (error) {
      // Faults of the machine meet the user as well; the next run begins with the right files.
      if (!("syscall" in (error as Error))) throw error;
    }
    const wanted = new Map(topicEntries(state));
    for (const [key] of this.#topics) if (!wanted.has(key)) this.#topics.delete(key);
    for (const [key, value] of wanted) if (this.#topics.get(key)?.[1] !== value[1]) this.#topics.set(key, value);
  }

  /** Sets the clock of the process, if it can be set, and the one that the environment is given. */
  #setClock(offsetDays: number): void {
    setClock(offsetDays);
    const state = stateOf(this.#environment);
    state.clock = { ...systemClock, date: () => new Date(Date.now() + offsetDays * DAY_MS) };
  }

  #perform(act: FaultAct): void {
    const { base } = this.#order;
    switch (act.do) {
      case "kill":
        return void process.kill(process.pid, "SIGKILL");
      case "term":
        return void process.kill(process.pid, act.signal);
      case "abort":
        return this.#stop.abort(new Error("abandoned"));
      case "close":
        return void this.close();
      case "hang":
        return act.end === "abort" ? this.#stop.abort(new Error("abandoned")) : void this.close();
      case "limit":
        return limitProcess(act.of, act.to);
      case "fill":
        return fillDisk(this.#order.disk ?? base, act.free);
      case "forbid":
        return changeMode(join(base, act.path), act.mode);
      case "remove":
        return removePath(join(base, act.path));
      case "clock":
        return this.#setClock(act.offsetDays);
      case "fail":
      case "reject":
      case "throw":
        throw new Error("The step itself carries it out");
    }
  }
}

/** The entries of the `LiveMap` of a project. */
export function topicEntries({ topics }: FaultProject): [string, readonly [string, string]][] {
  return Object.entries(topics).map(([key, text]) => [key, [key, text]]);
}

async function untilReady(handle: UpdateHandle<void>): Promise<void> {
  try {
    for await (const { status } of handle.watch()) if (status === "ready") return;
  } catch {
    // The result says it.
  }
}

function numFinished(handle: UpdateHandle<void>): number {
  return handle.stats()?.total.numFinished ?? 0;
}
