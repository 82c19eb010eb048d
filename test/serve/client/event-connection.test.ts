import { expect } from "chai";
import { setImmediate as turn } from "node:timers/promises";
import type { UpdateRecord } from "../../../lib/progress/record/update-record.ts";
import { EventConnection } from "../../../lib/serve/client/event-connection.ts";
import type { UpdateSink } from "../../../lib/serve/client/update-sink.ts";
import { PageStore } from "../../../lib/serve/page/page-store.ts";
import { FakeClock } from "../../fake-clock.ts";
import { FakeUpdateClient } from "./fake-update-client.ts";

describe("EventConnection", () => {
  const retryBounds = { firstMs: 100, longestMs: 400 };

  /** A sink that notes its calls; `changes` replace some of its methods. */
  function open(changes: Partial<UpdateSink> = {}, signal?: AbortSignal) {
    const calls: string[] = [];
    const sink: UpdateSink = {
      takeList(_list, skewMs) {
        calls.push(`list ${skewMs}`);
        return [];
      },
      takeRecord: (_record, id) => void calls.push(`record ${id}`),
      takeReport: () => undefined,
      caughtUp: () => void calls.push("caught up"),
      lose(error) {
        calls.push(`lost: ${(error as Error).message}`);
        return "retry";
      },
      ...changes,
    };
    const client = new FakeUpdateClient();
    const clock = new FakeClock();
    const options = { client, sink, clock, retryBounds, loadSoonMs: 50, ...(signal !== undefined && { signal }) };
    const connection = new EventConnection(options);
    return { calls, client, clock, connection, ended: connection.run(), stream: () => client.streams.at(-1)! };
  }

  const hello = { now: new Date(7).toISOString() };

  it("asks for an update again that was to be loaded while it was asked for (bug: that was dropped)", async () => {
    const answers: PromiseWithResolvers<UpdateRecord | undefined>[] = [];
    const client = new FakeUpdateClient();
    client.answer = async () => {
      const answer = Promise.withResolvers<UpdateRecord | undefined>();
      answers.push(answer);
      return answer.promise;
    };
    const sink = new PageStore(() => {});
    const connection = new EventConnection({ client, sink, clock: new FakeClock(), retryBounds, loadSoonMs: 50 });
    let numLoaded = 0;
    const load = (): Promise<unknown> => connection.load("1").then(() => numLoaded++);
    const first = load();
    await turn();
    const others = [load(), load()];
    expect(answers).to.have.length(1);
    answers[0]!.resolve(undefined);
    while (answers.length < 2) await turn();
    expect(numLoaded).to.equal(0);
    answers[1]!.reject(new Error("the connection is lost"));
    await Promise.all([first, ...others]);
    expect(answers).to.have.length(2);
    const later = load();
    while (answers.length < 3) await turn();
    answers[2]!.resolve(undefined);
    await later;
  });

  it("gives the sink the list with the skew of the clock, then the updates that it asks for", async () => {
    const { calls, stream } = open({ takeList: (_list, skewMs) => [`a ${skewMs}`, "b"] });
    stream().send("hello", hello);
    await turn();
    expect(calls).to.deep.equal(["record a 7", "record b", "caught up"]);
  });

  it("loads an update that has begun or ended, and one that the sink wants at once", async () => {
    const { calls, stream } = open({ takeReport: ({ update }) => (update === "2" ? "load" : undefined) });
    stream().send("update", { id: "1" });
    stream().send("message", { update: "2" });
    stream().send("message", { update: "3" });
    await turn();
    expect(calls).to.deep.equal(["record 1", "record 2"]);
  });

  it("loads the list when the sink does not know the place of an update, then the update again", async () => {
    const { calls, client, stream } = open({
      takeRecord: (_record, id) => {
        calls.push(`record ${id}`);
        return "list";
      },
    });
    stream().send("hello", hello);
    stream().send("update", { id: "1" });
    await turn();
    expect(calls).to.deep.equal(["list 7", "caught up", "record 1", "list 7", "record 1"]);
    expect(client.found).to.deep.equal(["1", "1"]);
  });

  it("loads failures after a pause, once for all events meanwhile", async () => {
    const { calls, clock, stream } = open({ takeReport: () => "load-soon" });
    for (let count = 0; count < 3; count++) stream().send("message", { update: "1" });
    await turn();
    clock.advance(49);
    await turn();
    expect(calls).to.deep.equal([]);
    clock.advance(1);
    await turn();
    expect(calls).to.deep.equal(["record 1"]);
  });

  it("reconnects with growing pauses, from the last event on, and starts over once it has caught up", async () => {
    const { calls, client, clock, stream } = open();
    stream().send("message", {}, "x.1");
    await turn();
    for (const longestMs of [100, 200, 400, 400]) {
      const { length } = client.streams;
      stream().fail(new Error("reset"));
      await turn();
      expect(clock.due).to.have.length(1);
      expect(clock.due[0]! - clock.now()).to.be.within(longestMs / 2, longestMs);
      clock.advance(longestMs);
      await turn();
      expect(client.streams).to.have.length(length + 1);
      expect(stream().lastEventId).to.equal("x.1");
    }
    stream().send("hello", hello);
    await turn();
    stream().end();
    await turn();
    expect(calls.at(-1)).to.equal("lost: the server ended the connection");
    expect(clock.due[0]! - clock.now()).to.be.within(50, 100);
  });

  it("gives up a connection after 40 s without an event or a sign of life", async () => {
    const { calls, clock, stream } = open();
    for (let count = 0; count < 3; count++) {
      clock.advance(39_000);
      stream().beat();
      await turn();
    }
    expect(calls).to.deep.equal([]);
    clock.advance(40_000);
    await turn();
    expect(calls).to.deep.equal(["lost: the server has gone silent"]);
  });

  it("takes a load that fails for a lost connection", async () => {
    const { calls, client, stream } = open();
    client.answer = () => Promise.reject(new Error("the server answered 502"));
    stream().send("update", { id: "1" });
    await turn();
    expect(calls).to.deep.equal(["lost: the server answered 502"]);
  });

  it("aborts a load that hangs before it connects again", async () => {
    const { client, clock, connection, stream } = open();
    client.answer = () => new Promise((_resolve, reject) => stream().signal.addEventListener("abort", reject));
    const loading = connection.load("1");
    stream().fail(new Error("reset"));
    await turn();
    clock.advance(100);
    await loading;
    expect(client.streams).to.have.length(2);
  });

  it("rests until it is told to retry, also while it pauses", async () => {
    const { calls, client, clock, connection, stream } = open();
    connection.rest(new Error("hidden"));
    await turn();
    expect(stream().signal.aborted).to.equal(true);
    expect([calls, clock.due]).to.deep.equal([["lost: hidden"], []]);
    connection.retry();
    await turn();
    expect(client.streams).to.have.length(2);
    stream().end();
    await turn();
    expect(clock.due).to.have.length(1);
    connection.rest();
    await turn();
    expect(clock.due).to.deep.equal([]);
    connection.retry();
    connection.rest();
    await turn();
    expect(client.streams).to.have.length(2);
    connection.retry();
    await turn();
    expect(client.streams).to.have.length(3);
  });

  it("does not connect when it is told to rest in the moment in which a pause ends (bug: it did)", async () => {
    const { client, clock, connection, stream } = open();
    stream().end();
    await turn();
    clock.advance(100);
    connection.rest();
    await turn();
    expect(client.streams).to.have.length(1);
  });

  it("reconnects at once when it is told to, but leaves a live connection alone", async () => {
    const { client, clock, connection, stream } = open();
    connection.retry();
    await turn();
    expect(stream().signal.aborted).to.equal(false);
    stream().end();
    await turn();
    connection.retry();
    await turn();
    expect(client.streams).to.have.length(2);
    expect(clock.due, "the watchdog alone").to.have.length(1);
  });

  it("rests when the sink says so", async () => {
    const { client, clock, connection, stream } = open({ lose: () => "rest" });
    stream().end();
    await turn();
    expect(clock.due).to.deep.equal([]);
    connection.retry();
    await turn();
    expect(client.streams).to.have.length(2);
  });

  it("ends with the error that the sink throws for a lost connection", async () => {
    const pointless = new Error("pointless");
    const { ended, stream } = open({
      lose: () => {
        throw pointless;
      },
    });
    stream().end();
    expect(await ended.catch((error: unknown) => error)).to.equal(pointless);
  });

  it("ends without a timer when its signal is aborted: while it reads, pauses, rests or is about to load", async () => {
    const steps: ((opened: ReturnType<typeof open>) => void)[] = [
      () => {},
      ({ stream }) => stream().end(),
      ({ connection }) => connection.rest(),
      ({ stream }) => stream().send("message", { update: "1" }),
    ];
    for (const step of steps) {
      const stop = new AbortController();
      const opened = open({ takeReport: () => "load-soon" }, stop.signal);
      step(opened);
      await turn();
      stop.abort();
      await opened.ended;
      expect(opened.clock.due).to.deep.equal([]);
      expect(opened.client.found).to.deep.equal([]);
    }
  });
});
