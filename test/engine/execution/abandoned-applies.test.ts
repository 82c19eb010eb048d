import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import { stateOf } from "../../../lib/app/environment.ts";
import {
  App,
  declareTargetState,
  defineTarget,
  fn,
  mount,
  type ApplyContext,
  type StableKey,
  type UpdateHandle,
  type UpdateOptions,
} from "../../../lib/index.ts";
import { ABORT_GRACE_MS } from "../../../lib/time/abort-grace.ts";
import { countsByComponent } from "../../counts.ts";
import { FakeClock } from "../../fake-clock.ts";
import { failureOf } from "../../state/failure-of.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { unhandledRejectionsOf } from "../../unhandled-rejections.ts";
import { until } from "../../until.ts";

interface Action {
  readonly key: StableKey;
  readonly value: string | undefined;
}

const outside = new Map<StableKey, string>();
let contexts: ApplyContext[] = [];
/** The values that the target was told to write, `undefined` for a removal. */
let sent: (string | undefined)[] = [];
/** Waited for before the actions are carried out. */
let gate: ((actions: readonly Action[]) => void | Promise<void>) | undefined;

const slowTarget = defineTarget<StableKey, string, string, Action>("test/slow", {
  reconcile({ desired, key, mayBeMissing, previous }) {
    const isThere = previous.length > 0 && previous.every((value) => value === desired);
    return isThere && !mayBeMissing ? undefined : { action: { key, value: desired }, tracking: desired };
  },
  async apply(actions, context) {
    contexts.push(context);
    sent.push(...actions.map(({ value }) => value));
    await gate?.(actions);
    for (const { key, value } of actions) {
      if (value === undefined) outside.delete(key);
      else outside.set(key, value);
    }
  },
});

describe("A target that does not end after an abort", () => {
  const reason = { why: "enough" };
  const test = useTestEnvironment();
  let clock: FakeClock;
  let stop: AbortController;
  let value: string | undefined;

  beforeEach(() => {
    clock = new FakeClock();
    stateOf(test.environment).clock = clock;
    stop = new AbortController();
    outside.clear();
    contexts = [];
    sent = [];
    gate = undefined;
    value = "old";
  });

  const leaf = fn({ memo: true }, function leaf(text: string) {
    declareTargetState(slowTarget, "key", text);
  });
  const createApp = (): App<never[]> =>
    new App({ name: "app", environment: test.environment }, async function main() {
      if (value !== undefined) await mount(leaf, value);
    });
  const update = (options: UpdateOptions = {}): UpdateHandle<unknown> => createApp().update(options);
  const begunApplies = (count: number): Promise<void> =>
    until(() => contexts.length >= count, { next: () => setImmediate(), explain: () => contexts.length });
  const turns = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn++) await setImmediate();
  };

  /** Aborts an update in its `apply`, and has the update end without it. Returns the function that ends the call. */
  async function abandon(act: () => UpdateHandle<unknown> = () => update({ signal: stop.signal })): Promise<{
    end(error?: unknown): Promise<void>;
    readonly handle: UpdateHandle<unknown>;
  }> {
    const call = Promise.withResolvers<void>();
    gate = () => call.promise;
    const before = contexts.length;
    const handle = act();
    const result = failureOf(handle.result());
    await begunApplies(before + 1);
    gate = undefined;
    stop.abort(reason);
    await until(() => clock.due.length > 0, { next: () => setImmediate(), explain: () => clock.due });
    clock.advance(ABORT_GRACE_MS);
    expect(await result).to.equal(reason);
    expect(handle.stats()?.total).to.deep.include({ numInProgress: 0, numErrors: 0 });
    return {
      handle,
      async end(error?: unknown) {
        if (error === undefined) call.resolve();
        else call.reject(error);
        await turns();
      },
    };
  }

  it("gets the signal of the run, aborted with its reason", async () => {
    gate = () => {
      const { signal } = contexts[0]!;
      return new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason as Error));
      });
    };
    const handle = update({ signal: stop.signal });
    const result = failureOf(handle.result());
    await begunApplies(1);
    expect(contexts[0]!.signal.aborted).to.equal(false);
    stop.abort(reason);
    expect(await result).to.equal(reason);
    expect(contexts[0]!.signal.reason).to.equal(reason);
    expect(handle.stats()?.total).to.deep.include({ numInProgress: 0, numErrors: 0 });
    expect(clock.due, "no timer is left").to.deep.equal([]);
  });

  it("is not called again component by component when its batch is aborted", async () => {
    const each = fn({ name: "each" }, (key: string) => declareTargetState(slowTarget, key, "x"));
    const app = new App({ name: "app", environment: test.environment }, async function main() {
      for (const name of ["a", "b", "c"]) await mount(name, each, name);
    });
    gate = async () => {
      if (contexts.length < 2) return setImmediate();
      stop.abort(reason);
      throw new DOMException("aborted", "AbortError");
    };
    const handle = app.update({ signal: stop.signal });
    expect(await failureOf(handle.result())).to.equal(reason);
    expect(contexts.length).to.equal(2);
    expect(handle.stats()?.total).to.deep.include({ numInProgress: 0, numErrors: 0 });
  });

  it("is waited for during the grace, and its component counts", async () => {
    const call = Promise.withResolvers<void>();
    gate = () => call.promise;
    const handle = update({ signal: stop.signal });
    const result = failureOf(handle.result());
    await begunApplies(1);
    stop.abort(reason);
    clock.advance(ABORT_GRACE_MS - 1);
    call.resolve();
    expect(await result).to.equal(reason);
    expect(countsByComponent(handle.stats())["leaf"]).to.deep.equal({ starts: 1, adds: 1 });
  });

  it("changes no count and no row when it ends late", async () => {
    const abandoned = await abandon();
    const stats = abandoned.handle.stats();
    await abandoned.end();
    expect(abandoned.handle.stats()).to.deep.equal(stats);
    expect(countsByComponent(stats)).to.deep.equal({});
    const next = update();
    await next;
    expect(countsByComponent(next.stats())["leaf"]).to.deep.equal({ starts: 1, reprocesses: 1 });
    expect(sent).to.deep.equal(["old", "old"]);
  });

  it("may reject late, which nobody has to handle", async () => {
    const unhandled = await unhandledRejectionsOf(async () => {
      const abandoned = await abandon();
      await abandoned.end(new Error("too late"));
    });
    expect(unhandled).to.deep.equal([]);
    await update();
    expect(outside.get("key")).to.equal("old");
  });

  it("may write an old value over that of the next run, which a further run then writes again", async () => {
    const abandoned = await abandon();
    value = "new";
    const next = update();
    await next;
    expect(outside.get("key")).to.equal("new");
    await abandoned.end();
    expect(outside.get("key"), "the late call has written last").to.equal("old");
    await update();
    expect(outside.get("key")).to.equal("new");
    expect(sent).to.deep.equal(["old", "new", "new"]);
    const last = update();
    await last;
    expect(sent, "the state is certain again").to.deep.equal(["old", "new", "new"]);
    expect(countsByComponent(last.stats())["leaf"]).to.deep.equal({ starts: 1, unchanged: 1 });
  });

  it("has each run write its states again until it has ended, with a notice", async () => {
    const notices: string[] = [];
    stateOf(test.environment).noticeLog = ({ message }) => void notices.push(message);
    const abandoned = await abandon();
    await update();
    await update();
    expect(sent).to.deep.equal(["old", "old", "old"]);
    expect(notices.length).to.equal(2);
    expect(notices[0]).to.match(/^1 target state may yet be changed by calls of `apply`/);
    await abandoned.end();
    await update();
    await update();
    expect(sent.length).to.equal(4);
    expect(notices.length).to.equal(2);
  });

  it("may bring a state back that the next run has removed, which a further run then removes again", async () => {
    const abandoned = await abandon();
    value = undefined;
    await update();
    expect([...outside]).to.deep.equal([]);
    await abandoned.end();
    expect([...outside]).to.deep.equal([["key", "old"]]);
    await update();
    expect([...outside]).to.deep.equal([]);
    const { length } = sent;
    await update();
    expect(sent.length).to.equal(length);
  });

  it("may bring a state back that its component has given up, which a further run then removes again", async () => {
    const app = (isWanted: boolean): App<never[]> =>
      new App({ name: "app", environment: test.environment }, async function main() {
        await mount("component", function component() {
          if (isWanted) declareTargetState(slowTarget, "key", "old");
        });
      });
    const abandoned = await abandon(() => app(true).update({ signal: stop.signal }));
    await app(false).update();
    await abandoned.end();
    expect([...outside.keys()]).to.deep.equal(["key"]);
    await app(false).update();
    expect([...outside.keys()]).to.deep.equal([]);
    const { length } = sent;
    await app(false).update();
    expect(sent.length).to.equal(length);
  });

  it("keeps a deletion pending", async () => {
    await update();
    value = undefined;
    const abandoned = await abandon();
    expect(countsByComponent(abandoned.handle.stats())["leaf"]).to.equal(undefined);
    await abandoned.end();
    const next = update();
    await next;
    expect(countsByComponent(next.stats())["leaf"]).to.deep.equal({ starts: 1, deletes: 1 });
    expect([...outside]).to.deep.equal([]);
  });

  it("lets a drop reject with the reason; a further drop says what it waits for, and completes afterwards", async () => {
    await update();
    const abandoned = await abandon(() => createApp().drop({ signal: stop.signal }));
    const incomplete = await failureOf(createApp().drop().result());
    expect(incomplete).to.have.property("code", "DROP_INCOMPLETE");
    expect(incomplete)
      .to.have.property("message")
      .that.matches(/1 target states were removed that calls of `apply`/);
    await abandoned.end();
    await createApp().drop();
    expect([...outside]).to.deep.equal([]);
    expect(await test.environment.apps()).to.deep.equal([]);
  });

  it("does not keep `close()` from resolving", async () => {
    gate = () => new Promise(() => {});
    const result = failureOf(update().result());
    await begunApplies(1);
    const closing = test.environment.close();
    await until(() => clock.due.length > 0, { next: () => setImmediate(), explain: () => clock.due });
    clock.advance(ABORT_GRACE_MS);
    await closing;
    expect(await result).to.have.property("code", "ENVIRONMENT_CLOSED");
    expect(clock.due).to.deep.equal([]);
  });
});
