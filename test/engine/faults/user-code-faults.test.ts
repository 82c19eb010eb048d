import { expect } from "chai";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { stateOf } from "../../../lib/app/environment.ts";
import { App, fn, type UpdateHandle, type UpdateOptions } from "../../../lib/index.ts";
import { ABORT_GRACE_MS } from "../../../lib/time/abort-grace.ts";
import { FakeClock } from "../../fake-clock.ts";
import { createTempFolder } from "../../temp-folder.ts";
import { createTestEnvironment, type TestEnvironment } from "../../test-environment.ts";
import { THROWN_VALUES, type ThrownKind } from "../../thrown-values.ts";
import { unhandledRejectionsOf } from "../../unhandled-rejections.ts";
import { until } from "../../until.ts";
import { HANGS, WAYS } from "./failure-ways.ts";
import { outside, setAct, type Act } from "./misbehaving-targets.ts";
import { USER_CODE_PLACES, type UserCodePlace } from "./user-code-places.ts";

/** The values that are tried in each way of a failure. */
const ELSEWHERE: ReadonlySet<string> = new Set<ThrownKind>([
  "an error",
  "undefined",
  "a proxy that throws in every trap",
]);

/** The values that are tried as an answer of each place. */
const ODD_ANSWERS: ReadonlySet<string> = new Set<ThrownKind>([
  "null",
  "a number",
  "a huge string",
  "a symbol",
  "a function",
  "a revoked proxy",
  "a proxy that throws in every trap",
  "an object with methods that throw",
  "an object with a then that cannot be read",
]);

function isRefused({ rejecting }: UserCodePlace, way: string): boolean {
  if (rejecting === "refused thenables") return way.includes("thenable");
  return rejecting === "refused" && way !== "throws";
}

interface Failure {
  readonly error: unknown;
}

describe("User code that fails", () => {
  for (const [name, place] of Object.entries(USER_CODE_PLACES)) {
    describe(`at ${name}`, () => {
      const subject = usePlace(place);
      for (const [way, fail] of Object.entries(WAYS)) {
        for (const [kind, create] of Object.entries<() => unknown>(THROWN_VALUES)) {
          // Each way of a failure is tried at each place, and each value: not all pairs of them.
          if (way !== "throws" && (!ELSEWHERE.has(kind) || place.rejecting === "ignored")) continue;
          it(`${way} ${kind}`, async () => {
            const value = create();
            await subject.failAndConverge(() => fail(value), isRefused(place, way) ? undefined : { value });
          });
        }
      }
      for (const [kind, create] of Object.entries<() => unknown>(THROWN_VALUES)) {
        if (!ODD_ANSWERS.has(kind) || place.mayBeOdd === false) continue;
        it(`gives ${kind}`, () => subject.answerAndConverge(create));
      }
      if (place.mayHang === false) return;
      for (const [hang, create] of Object.entries(HANGS)) {
        if (place.rejecting === "refused thenables" && hang.includes("thenable")) continue;
        it(`gives ${hang} until the run is aborted`, () => subject.hangAndConverge(create, "signal"));
        it(`gives ${hang} until the environment is closed`, () => subject.hangAndConverge(create, "close"));
      }
    });
  }
});

/** Runs one place in an environment that all its cases share. */
function usePlace({ isEnvironmentHandler = false, main, throwing }: UserCodePlace) {
  let test: TestEnvironment;
  let folder: Awaited<ReturnType<typeof createTempFolder>>;
  let clock: FakeClock;
  let caught: unknown[] = [];
  let numCalls = 0;
  let misbehave: (() => unknown) | undefined;
  const act: Act = <T>(normal: T): T => {
    numCalls++;
    return misbehave === undefined ? normal : (misbehave() as T);
  };

  const open = async (): Promise<void> => {
    folder = await createTempFolder({ isInMemory: true });
    const onException = (error: unknown): void => {
      caught.push(error);
      return isEnvironmentHandler ? act(undefined) : undefined;
    };
    test = await createTestEnvironment({ dbPath: join(folder.path, "db"), onException });
    clock = new FakeClock();
    stateOf(test.environment).clock = clock;
  };
  const close = async (): Promise<void> => {
    await test[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  };
  before(open);
  after(close);
  beforeEach(() => {
    caught = [];
    numCalls = 0;
    setAct(act);
  });
  afterEach(() => {
    misbehave = undefined;
  });

  const update = (options: UpdateOptions = {}): UpdateHandle<unknown> => {
    const body = fn({ name: "main" }, async () => void (await main(act)));
    return new App({ name: "app", environment: test.environment }, body).update(options);
  };

  /** Expects that a clean run brings about what is declared. */
  const converge = async (): Promise<void> => {
    misbehave = undefined;
    const handle = update();
    await handle;
    expect([...outside], "the clean run converges").to.deep.equal([["own", "value"]]);
    expectCounted(handle);
  };

  /** Runs to the end of a run that nothing aborts. */
  const runToEnd = async (): Promise<{ handle: UpdateHandle<unknown>; failure: Failure | undefined }> => {
    const handle = update({ fullReprocess: true });
    let failure: Failure | undefined;
    const unhandled = await unhandledRejectionsOf(async () => {
      failure = await handle.result().then(
        () => undefined,
        (error: unknown) => ({ error }),
      );
    });
    expect(unhandled.length, "unhandled rejections").to.equal(0);
    expect(numCalls, "calls of the place").to.be.greaterThan(0);
    expectCounted(handle);
    return { handle, failure };
  };

  return {
    /** Any odd answer may be taken or refused, but the run ends in order. */
    async answerAndConverge(answer: () => unknown): Promise<void> {
      misbehave = answer;
      await runToEnd();
      await converge();
    },

    async failAndConverge(fault: () => unknown, expected: { readonly value: unknown } | undefined): Promise<void> {
      misbehave = fault;
      const { failure, handle } = await runToEnd();
      const errors = [...caught, ...handle.failures().map(({ error }) => error), ...(failure ? [failure.error] : [])];
      if (expected === undefined) {
        expect(errors.length, "failures").to.be.greaterThan(0);
      } else {
        expect(
          errors.some((error) => Object.is(error, expected.value)),
          "the value is passed on",
        ).to.equal(true);
        expect(failure !== undefined, "the run fails").to.equal(throwing === "run");
      }
      await converge();
    },

    async hangAndConverge(hang: () => unknown, how: "signal" | "close"): Promise<void> {
      misbehave = hang;
      const stop = new AbortController();
      const reason = new Error("enough");
      let failure: Failure | undefined;
      let isClosed = how === "signal";
      const unhandled = await unhandledRejectionsOf(async () => {
        const handle = update({ fullReprocess: true, signal: stop.signal });
        handle.result().catch((error: unknown) => (failure = { error }));
        await until(() => numCalls > 0, { next: () => setImmediate(), explain: () => handle.stats() });
        await setImmediate();
        if (how === "signal") stop.abort(reason);
        else void test.environment.close().then(() => (isClosed = true));
        const next = async (): Promise<void> => {
          await setImmediate();
          clock.advance(Math.max(0, (clock.due[0] ?? 0) - clock.now()));
        };
        const explain = (): unknown => ({ failure, isClosed, due: clock.due, stats: handle.stats() });
        await until(() => failure !== undefined && isClosed, { next, explain });
        expect(clock.now(), "one grace for all").to.be.at.most(ABORT_GRACE_MS);
        expectCounted(handle);
      });
      expect(unhandled.length, "unhandled rejections").to.equal(0);
      if (how === "signal") expect(failure?.error).to.equal(reason);
      else expect(failure?.error).to.have.property("code", "ENVIRONMENT_CLOSED");
      expect(clock.due, "timers that are left").to.deep.equal([]);
      await close();
      await open();
      await converge();
    },
  };
}

function expectCounted(handle: UpdateHandle<unknown>): void {
  expect(handle.stats()?.total).to.deep.include({ numInProgress: 0, numQueued: 0 });
  for (const { numExecutionStarts, numFinished } of Object.values(handle.stats()!.byComponent)) {
    expect(numExecutionStarts).to.equal(numFinished);
  }
}
