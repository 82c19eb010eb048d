import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { expect } from "chai";
import fc from "fast-check";
import { setImmediate } from "node:timers/promises";
import type { StatsGroupHandle, UpdateHandle, UpdateSnapshot, UpdateStats } from "../../lib/index.ts";
import {
  CANCELLATIONS,
  COMPONENT_ACTIVE,
  COMPONENT_COUNTERS,
  COMPONENT_DURATION,
  QUEUE_SIZE,
} from "../../lib/progress/schema/names.ts";
import { countsByComponent } from "../counts.ts";
import { stateOf } from "../../lib/app/environment.ts";
import { expectSoundStore } from "../expect-sound-store.ts";
import { createTestEnvironment, type TestEnvironment } from "../test-environment.ts";
import { DeltaHost } from "./delta-host.ts";
import { emptyMemory, targetsOf, type Remembered } from "./program-memory.ts";
import { predict, type Prediction } from "./program-model.ts";
import { onException, ProgramRun, target, wait } from "./program-run.ts";
import { anyProgram, type Delay, type Program } from "./random-program.ts";

/** The same programs each time unless told otherwise, so that it is the change under test that makes the difference. */
const SEED = Number(process.env["TIDEMARK_TEST_SEED"] ?? 0);
const NUM_PROGRAMS = Number(process.env["TIDEMARK_TEST_PROGRAMS"] ?? 2000);

/** So many programs run side by side, as apps of one store: most of their time they wait for it. */
const NUM_LANES = 4;
/** A run that has not ended after this time hangs. */
const MAX_RUN_MS = 60_000;
/** So many programs share an environment. */
const PROGRAMS_PER_PLACE = 50;
/** A watcher that has not ended this many turns after its run hangs. */
const MAX_TURNS = 2_000;
/** So long after the first failure nothing more is tried. */
const MAX_SHRINKING_MS = 20_000;

describe(`Random programs (seed ${SEED})`, function () {
  this.timeout(900_000);
  let tests: TestEnvironment[];

  beforeEach(() => {
    tests = [];
  });

  afterEach(async () => {
    for (const test of tests) await test[Symbol.asyncDispose]();
  });

  /** A host exports all apps that it has ever had, so that one for all programs would get ever slower. */
  async function openPlace(): Promise<[TestEnvironment, DeltaHost]> {
    const host = new DeltaHost();
    const meterProvider = new MeterProvider({ readers: [host] });
    const test = await createTestEnvironment({ meterProvider, onException });
    tests.push(test);
    return [test, host];
  }

  it(`count what the model says, and end every watcher: ${NUM_PROGRAMS} of them`, async () => {
    let giveUpAt = Number.POSITIVE_INFINITY;
    const lanes = Array.from({ length: NUM_LANES }, async (_, lane) => {
      let number = 0;
      let place = await openPlace();
      const check = async (program: Program): Promise<void> => {
        // Looking for a smaller program that fails as well has an end.
        if (performance.now() > giveUpAt) return;
        try {
          if (number % PROGRAMS_PER_PLACE === PROGRAMS_PER_PLACE - 1) place = await openPlace();
          await new Check(`program-${lane}-${number++}`, program, ...place).run();
        } catch (error) {
          giveUpAt = Math.min(giveUpAt, performance.now() + MAX_SHRINKING_MS);
          throw error;
        }
      };
      const numRuns = Math.ceil(NUM_PROGRAMS / NUM_LANES);
      await fc.assert(fc.asyncProperty(anyProgram, check), {
        numRuns,
        seed: SEED + lane,
        includeErrorInReport: true,
      });
    });
    const ends = await Promise.allSettled(lanes);
    const failures = ends.flatMap((end) => (end.status === "rejected" ? [end.reason as Error] : []));
    if (failures.length > 0) throw new Error(failures.map(({ message }) => message).join("\n\n"), { cause: failures });
  });
});

/** How something ended that was watched. */
interface Watched {
  readonly last: UpdateSnapshot | undefined;
  readonly end: "done" | { readonly error: unknown };
}

/** A stats group that was opened, with a watcher from outside. */
interface OpenedGroup {
  readonly handle: StatsGroupHandle;
  readonly watched: Promise<Watched>;
}

/** One program: each of its runs by the engine and by the model. */
class Check {
  readonly #id: string;
  readonly #program: Program;
  readonly #test: TestEnvironment;
  readonly #host: DeltaHost;
  readonly #memory: Remembered = emptyMemory();

  constructor(id: string, program: Program, test: TestEnvironment, host: DeltaHost) {
    this.#id = id;
    this.#program = program;
    this.#test = test;
    this.#host = host;
  }

  async run(): Promise<void> {
    for (const [run, { abort }] of this.#program.runs.entries()) {
      const isAborted = await this.#runOnce(run, { abort, isFirst: true });
      // What an aborted run has done is not known; run again to its end it must come to what it would have come to at once.
      if (isAborted) await this.#runOnce(run, { abort: null, isFirst: false });
    }
    await expectSoundStore(await stateOf(this.#test.environment).store(), { app: this.#id });
  }

  /** Runs the program once; gives whether the run was aborted. */
  async #runOnce(
    run: number,
    { abort, isFirst }: { readonly abort: Delay | null; readonly isFirst: boolean },
  ): Promise<boolean> {
    const plan = this.#program.runs[run]!;
    const groups = new Map<string, OpenedGroup>();
    const execution = new ProgramRun(this.#id, this.#program, run, (key, handle) => {
      groups.set(key, { handle, watched: follow(handle.watch()) });
    });
    const stop = new AbortController();
    const reason = new Error("aborted");
    const app = execution.createApp(this.#test.environment);
    const options = { fullReprocess: plan.isFull, signal: stop.signal };
    const handle: UpdateHandle<unknown> = plan.isDrop ? app.drop(options) : app.update(options);
    const outcome = outcomeOf(handle);
    const watchers = [follow(handle.watch()), wait(plan.watch).then(() => follow(handle.watch()))];
    if (abort !== null) void wait(abort).then(() => stop.abort(reason));
    const end = await inTime(outcome, run);
    watchers.push(follow(handle.watch()));
    const isAborted = "error" in end && end.error === reason;
    const stats = handle.stats();
    for (const watched of await inTurns(Promise.all(watchers), `watchers of run ${run}`)) {
      expect(watched.end, `end of a watcher of run ${run}`).to.deep.equal("error" in end ? end : "done");
      if (!("error" in end)) expect(watched.last).to.deep.include({ stats, result: end.value ?? null, final: true });
    }
    for (const [key, group] of groups) await this.#checkGroup(group, `group ${key} in run ${run}`, end);
    this.#checkCounts(stats, groups, run);
    expect(execution.problems).to.deep.equal([]);
    if (!isAborted) {
      const prediction = predict(this.#program, run, this.#memory);
      if (isFirst) this.#checkPredictedCounts(prediction, stats, groups, run);
      expect("error" in end, `failure of run ${run}`).to.equal(prediction.isFailing);
      this.#checkTargets(run);
    }
    await this.#checkExported(stats, groups, run);
    expect(handle.stats(), `stats after run ${run}`).to.deep.equal(stats);
    return isAborted;
  }

  async #checkGroup({ handle, watched }: OpenedGroup, what: string, runEnd: End): Promise<void> {
    const stats = handle.stats();
    for (const { end, last } of await inTurns(Promise.all([watched, follow(handle.watch())]), what)) {
      if (end === "done") expect(last, what).to.deep.include({ stats, status: "ready", final: true });
      else expect(end, what).to.deep.equal(runEnd);
    }
    if (!("error" in runEnd)) expect((await watched).end, what).to.equal("done");
    expect(handle.failures(), `failures of ${what}`).to.have.length(stats!.total.numErrors);
  }

  #checkCounts(stats: UpdateStats | null, groups: ReadonlyMap<string, OpenedGroup>, run: number): void {
    const all = [["run", stats] as const, ...[...groups].map(([key, { handle }]) => [key, handle.stats()] as const)];
    for (const [key, counted] of all) {
      for (const [name, row] of Object.entries(counted?.byComponent ?? {})) {
        const what = `${name} of ${key} in run ${run}`;
        expect(row.numExecutionStarts, `starts and finishes of ${what}`).to.equal(row.numFinished);
        expect(row, what).to.include({ numInProgress: 0, numQueued: 0 });
      }
    }
  }

  #checkPredictedCounts(
    { reports }: Prediction,
    stats: UpdateStats | null,
    groups: ReadonlyMap<string, OpenedGroup>,
    run: number,
  ): void {
    const counted = [
      ["", countsByComponent(stats)],
      ...[...groups].map(([key, { handle }]) => [key, countsByComponent(handle.stats())]),
    ];
    expect(Object.fromEntries(counted), `counts of run ${run}`).to.deep.equal(Object.fromEntries(reports));
  }

  #checkTargets(run: number): void {
    const expected = targetsOf(this.#memory);
    for (const [path, { isSure, value }] of expected) {
      const outside = target.outside.get(`${this.#id} ${path}`);
      if (isSure) expect(outside, `target of ${path} after run ${run}`).to.equal(value);
    }
    const keys = [...target.outside.keys()].map(String).filter((key) => key.startsWith(`${this.#id} `));
    const unknown = keys.filter((key) => !expected.has(key.slice(this.#id.length + 1)));
    expect(unknown, `targets left over after run ${run}`).to.deep.equal([]);
  }

  async #checkExported(
    stats: UpdateStats | null,
    groups: ReadonlyMap<string, OpenedGroup>,
    run: number,
  ): Promise<void> {
    const reports = [
      ["root", stats] as const,
      ...[...groups.values()].map(({ handle }) => [handle.title, handle.stats()] as const),
    ];
    const expected = new Map<string, number>();
    const add = (counter: { readonly name: string }, key: string, value: number): void => {
      if (value !== 0) expected.set(`${counter.name} ${key}`, (expected.get(`${counter.name} ${key}`) ?? 0) + value);
    };
    for (const [group, counted] of reports) {
      for (const [component, row] of Object.entries(counted?.byComponent ?? {})) {
        const { numExecutionStarts, numUnchanged, numAdds, numDeletes, numReprocesses, numErrors } = row;
        [numExecutionStarts, numUnchanged, numAdds, numDeletes, numReprocesses, numErrors].forEach((value, index) => {
          add(COMPONENT_COUNTERS[index]!, `${component} ${group}`, value);
        });
      }
    }
    const exported = await this.#host.take(this.#id);
    for (const [key, value] of exported) {
      const [name, ...row] = key.split(" ");
      if (name === CANCELLATIONS.name) add(COMPONENT_COUNTERS[0]!, row.join(" "), value);
    }
    const ofInstruments = (names: readonly string[]): [string, number][] =>
      [...exported].filter(([key]) => names.some((name) => key.startsWith(`${name} `)));
    const counters = ofInstruments(COMPONENT_COUNTERS.map(({ name }) => name));
    expect(Object.fromEntries(counters), `exported in run ${run}`).to.deep.equal(Object.fromEntries(expected));
    const left = ofInstruments([COMPONENT_ACTIVE.name, QUEUE_SIZE.name]).filter(([, value]) => value !== 0);
    expect(left, `in progress after run ${run}`).to.deep.equal([]);
    // What failed before it could run has no duration.
    for (const name of [2, 3, 4].map((index) => COMPONENT_COUNTERS[index]!.name)) {
      const durations = ofInstruments([`${COMPONENT_DURATION.name}/${name.split(".").at(-1)}`]);
      const counts = counters.filter(([key]) => key.startsWith(`${name} `));
      const bare = ([key, value]: [string, number]): [string, number] => [key.slice(key.indexOf(" ")), value];
      expect(Object.fromEntries(durations.map(bare)), `durations of ${name} in run ${run}`).to.deep.equal(
        Object.fromEntries(counts.map(bare)),
      );
    }
  }
}

type End = { readonly value: unknown } | { readonly error: unknown };

function outcomeOf(handle: UpdateHandle<unknown>): Promise<End> {
  return handle.result().then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}

/** Watches to the end, slower than the engine. */
async function follow(watch: AsyncIterable<UpdateSnapshot>): Promise<Watched> {
  let last: UpdateSnapshot | undefined;
  try {
    for await (last of watch) await setImmediate();
    return { last, end: "done" };
  } catch (error) {
    return { last, end: { error } };
  }
}

async function inTime<T>(work: Promise<T>, run: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`run ${run} hangs`)), MAX_RUN_MS);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function inTurns<T>(work: Promise<T>, what: string): Promise<T> {
  const ended = work.then((value) => ({ value }));
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    const first = await Promise.race([ended, setImmediate()]);
    if (first !== undefined) return first.value;
  }
  throw new Error(`${what} hangs`);
}
