import { expect } from "chai";
import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import { EventHub } from "../../lib/serve/event-hub.ts";
import type { Clock } from "../../lib/time/clock.ts";
import { createHubStage, numUnchanged, type HubStage } from "./hub-stage.ts";

describe("EventHub: its pace", () => {
  let stage: HubStage;

  beforeEach(async () => {
    stage = await createHubStage();
  });

  afterEach(() => stage[Symbol.asyncDispose]());

  it("sends changes at most every 100 ms", async () => {
    const { report } = stage.begin();
    const reader = await stage.connect();
    await reader.next();
    await reader.next();
    await stage.count(report, 1);
    stage.clock.advance(40);
    await stage.count(report, 1);
    stage.clock.advance(60);
    expect(numUnchanged(await reader.next()), "one event for both").to.equal(2);
    await stage.count(report, 1);
    stage.clock.advance(100);
    expect(numUnchanged(await reader.next())).to.equal(3);
  });

  it("keeps no more than a batch for a client that does not read, which then skips to the newest", async () => {
    const { report } = stage.begin();
    for (let index = 0; index < 2000; index++) report.cell(`component with a long name, number ${index}`).start();
    const reader = await stage.connect();
    await reader.next();
    reader.response.pause();
    const [response] = stage.server.responses;
    const sizes: number[] = [];
    let numRounds = 0;
    // Until the buffers of the operating system are full, which is some megabytes later.
    while (sizes.filter((size) => size > 0).length < 20 && numRounds < 500) {
      await stage.count(report, 1);
      stage.clock.advance(100);
      await setImmediate();
      sizes.push(response!.writableLength);
      numRounds++;
    }
    const sizeOfOne = JSON.stringify(report.snapshot()).length;
    expect(Math.max(...sizes)).to.be.within(1, 2 * sizeOfOne);
    reader.response.resume();
    let last = 0;
    while (last < numRounds) last = numUnchanged(await reader.next());
    expect(last).to.equal(numRounds);
  });

  it("gives up a client that has read nothing for half a minute, and no other", async () => {
    const { report } = stage.begin();
    for (let index = 0; index < 5000; index++) report.cell(`component with a long name, number ${index}`).start();
    const [idle, reading] = [await stage.connect(), await stage.connect()];
    idle.response.pause();
    const [stuck, fluent] = stage.server.responses;
    const drain = (async () => {
      while ((await reading.next()) !== undefined);
    })();
    let numRounds = 0;
    while (!stuck!.writableNeedDrain && numRounds++ < 500) {
      await stage.count(report, 1);
      stage.clock.advance(100);
      await setImmediate();
    }
    while (fluent!.writableNeedDrain) await setImmediate();
    const closed = once(stuck!, "close");
    stage.clock.advance(60_000);
    await closed;
    expect(fluent!.destroyed).to.equal(false);
    reading.close();
    await drain.catch(() => {});
  });

  it("shows a client at least every 15 seconds that the connection is alive (bug: only every 30)", async () => {
    const { response } = await stage.server.connect();
    stage.clock.advance(4000);
    const { report } = stage.begin();
    await stage.count(report, 1);
    stage.clock.advance(100);
    let text = "";
    response.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    while (!text.includes('"numUnchanged":1')) await once(response, "data");
    for (let round = 1; round <= 4; round++) {
      text = "";
      stage.clock.advance(15_000);
      if (text === "") await once(response, "data");
      expect(text).to.match(/^(:\n\n)+$/);
    }
  });

  it("sends the more rarely the longer it takes: a fiftieth of the time, up to two seconds between", async () => {
    stage.hub.close();
    let spentMs = 0;
    let costMs = 0;
    const spending: Clock = {
      now: () => stage.clock.now() + spentMs,
      date: () => stage.clock.date(),
      schedule: (delayMs, action) => stage.clock.schedule(delayMs, action),
    };
    stage.hub = new EventHub({ log: stage.log, clock: spending, accepts: () => true });
    const { report } = stage.begin();
    await stage.connect();
    const [response] = stage.server.responses;
    const write = response!.write.bind(response!);
    response!.write = (content: string | Buffer) => {
      spentMs += costMs;
      return write(content);
    };
    for (const [cost, intervalMs] of [
      [0.5, 100],
      [6, 300],
      [30, 1500],
      [90, 2000],
      [0, 100],
    ] as const) {
      costMs = cost;
      await stage.count(report, 1);
      stage.clock.advance(stage.clock.due[0]! - stage.clock.now());
      expect(response!.socket!.writableLength, "nothing is handed to the system later, unmeasured").to.equal(0);
      expect(stage.clock.due[0]! - stage.clock.now(), `after ${cost} ms`).to.equal(intervalMs);
    }
  });
});
