import { expect } from "chai";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { setImmediate } from "node:timers/promises";
import type { LoggedUpdate } from "../../lib/progress/logged-update.ts";
import type { Report } from "../../lib/progress/report.ts";
import { Tally } from "../../lib/progress/tally.ts";
import { UpdateLog } from "../../lib/progress/update-log.ts";
import { EventHub } from "../../lib/serve/event-hub.ts";
import type { ReportEvent } from "../../lib/serve/report-event.ts";
import type { ReceivedEvent } from "../../lib/serve/read-events.ts";
import type { Clock } from "../../lib/time/clock.ts";
import { FakeClock } from "../fake-clock.ts";
import { createEventServer, type EventReader, type EventServer } from "./event-server.ts";

describe("EventHub", () => {
  let clock: FakeClock;
  let tally: Tally;
  let log: UpdateLog;
  let hub: EventHub;
  let server: EventServer;
  /** What clients follow. */
  let topic: string | undefined;

  beforeEach(async () => {
    clock = new FakeClock();
    tally = new Tally({ clock });
    log = new UpdateLog();
    hub = new EventHub({ log, clock, accepts: () => true });
    topic = undefined;
    server = await createEventServer((response, lastEventId) => hub.follow(response, topic, lastEventId));
  });

  afterEach(async () => {
    hub.close();
    await server[Symbol.asyncDispose]();
  });

  function begin(app = "app"): { readonly update: LoggedUpdate; readonly report: Report } {
    const report = tally.open({ app, title: null });
    return { report, update: log.begin({ app, kind: "update", environment: {}, report, clock }) };
  }

  async function count(report: Report, numHits: number): Promise<void> {
    for (let index = 0; index < numHits; index++) report.cell("work").hit();
    await tally.flush();
  }

  function numUnchanged(event: ReceivedEvent | undefined): number {
    return (JSON.parse(event!.data) as { stats: { total: { numUnchanged: number } } }).stats.total.numUnchanged;
  }

  async function connect(lastEventId?: string): Promise<EventReader> {
    const reader = await server.connect(lastEventId === undefined ? {} : { "last-event-id": lastEventId });
    expect((await reader.next())?.name).to.equal("hello");
    return reader;
  }

  it("greets with the server's time, then gives how things stand", async () => {
    const { report, update } = begin();
    await count(report, 3);
    clock.advance(90_000);
    const reader = await server.connect();
    expect(await reader.next()).to.include({ name: "hello", data: '{"now":"1970-01-01T00:01:30.000Z"}' });
    expect(await reader.next()).to.deep.include({
      name: "update",
      data: JSON.stringify({ id: update.id, app: "app", state: "running" }),
    });
    const event = await reader.next();
    expect(event?.name).to.equal("message");
    expect(JSON.parse(event!.data)).to.include({ update: update.id, group: null, groupIndex: null, final: false });
    expect(numUnchanged(event)).to.equal(3);
  });

  it("sends what changes, not oftener than every 100 ms", async () => {
    const { report } = begin();
    const reader = await connect();
    await reader.next();
    await reader.next();
    await count(report, 1);
    clock.advance(40);
    await count(report, 1);
    clock.advance(60);
    expect(numUnchanged(await reader.next()), "one event for both").to.equal(2);
    await count(report, 1);
    clock.advance(100);
    expect(numUnchanged(await reader.next())).to.equal(3);
  });

  it("resumes after the event that a client had last, with what is new since", async () => {
    const { report, update } = begin();
    await count(report, 1);
    const first = await connect();
    await first.next();
    const { lastEventId } = (await first.next())!;
    first.close();
    await count(report, 1);
    const group = tally.open({ app: "app", title: "docs" });
    update.addGroup(group);
    await count(group, 7);
    const second = await connect(lastEventId);
    expect(numUnchanged(await second.next())).to.equal(2);
    const event = await second.next();
    expect(JSON.parse(event!.data)).to.include({ group: "docs", groupIndex: 0 });
    expect(numUnchanged(event)).to.equal(7);
  });

  it("forgets the groups that an update has forgotten, and keeps the places of the others", async () => {
    const { update } = begin();
    for (let index = 0; index < 1200; index++) {
      const group = tally.open({ app: "app", title: `group ${index}` });
      update.addGroup(group);
      group.complete(null);
    }
    await connect();
    for (let index = 1200; index < 1210; index++) update.addGroup(tally.open({ app: "app", title: `group ${index}` }));
    const late = await connect();
    const places = new Map<number, string | null>();
    await late.next();
    while (places.get(1209) === undefined) {
      const { group, groupIndex, numForgotten } = JSON.parse((await late.next())!.data) as ReportEvent;
      if (groupIndex !== null) places.set(groupIndex, group);
      else expect(numForgotten).to.equal(211);
    }
    expect(places.size).to.equal(999);
    for (const [place, title] of places) expect(title).to.equal(`group ${place}`);
    expect(update.record().groups.map(({ index }) => index)).to.deep.equal(
      [...places.keys()].toSorted((a, b) => a - b),
    );
  });

  it("gives everything to a client that comes with an id of another server", async () => {
    const { report } = begin();
    await count(report, 5);
    for (const id of ["ffffffff.3", "end", "nonsense", ""]) {
      const reader = await connect(id);
      expect((await reader.next())?.name, id).to.equal("update");
      expect(numUnchanged(await reader.next()), id).to.equal(5);
    }
  });

  it("ends the stream of one update after its last event", async () => {
    const { report, update } = begin();
    const other = begin("other");
    topic = update.id;
    const reader = await connect();
    expect(numUnchanged(await reader.next())).to.equal(0);
    await count(report, 4);
    await count(other.report, 9);
    report.complete({ made: "this" });
    update.end({ status: "ready" });
    clock.advance(0);
    const last = await reader.next();
    expect(last?.lastEventId).to.equal("end");
    expect(JSON.parse(last!.data)).to.deep.include({
      group: null,
      final: true,
      status: "ready",
      result: { made: "this" },
    });
    expect(numUnchanged(last)).to.equal(4);
    expect(await reader.next()).to.equal(undefined);
  });

  it("tells in the last event what a run failed with", async () => {
    const { report, update } = begin();
    topic = update.id;
    const reader = await connect();
    await reader.next();
    const error = new TypeError("boom");
    report.fail(error);
    update.end({ status: "failed", error });
    clock.advance(0);
    const last = JSON.parse((await reader.next())!.data) as {
      error: { name: string; message: string };
      final: boolean;
    };
    expect(last).to.include({ final: true, group: null });
    expect(last.error).to.include({ name: "TypeError", message: "boom" });
    expect(await reader.next()).to.equal(undefined);
  });

  it("keeps no more than a batch for a client that does not read, which then skips to the newest", async () => {
    const { report } = begin();
    for (let index = 0; index < 2000; index++) report.cell(`component with a long name, number ${index}`);
    const reader = await connect();
    await reader.next();
    reader.response.pause();
    const [response] = server.responses;
    const sizes: number[] = [];
    let numRounds = 0;
    // Until the buffers of the operating system are full, which is some megabytes later.
    while (sizes.filter((size) => size > 0).length < 20 && numRounds < 500) {
      await count(report, 1);
      clock.advance(100);
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

  it("gives up a client that has read nothing for half a minute, and keeps the others alive with a comment", async () => {
    const { report } = begin();
    for (let index = 0; index < 5000; index++) report.cell(`component with a long name, number ${index}`);
    const [idle, reading] = [await connect(), await connect()];
    idle.response.pause();
    const [stuck, fluent] = server.responses;
    const drain = (async () => {
      while ((await reading.next()) !== undefined);
    })();
    let numRounds = 0;
    while (!stuck!.writableNeedDrain && numRounds++ < 500) {
      await count(report, 1);
      clock.advance(100);
      await setImmediate();
    }
    while (fluent!.writableNeedDrain) await setImmediate();
    const closed = once(stuck!, "close");
    clock.advance(60_000);
    await closed;
    expect(fluent!.destroyed).to.equal(false);
    reading.close();
    await drain.catch(() => {});
  });

  it("shows a client at least every 15 seconds that the connection is alive (bug: only every 30)", async () => {
    const { response } = await server.connect();
    clock.advance(4000);
    const { report } = begin();
    await count(report, 1);
    clock.advance(100);
    let text = "";
    response.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    while (!text.includes('"numUnchanged":1')) await once(response, "data");
    for (let round = 1; round <= 4; round++) {
      text = "";
      clock.advance(15_000);
      if (text === "") await once(response, "data");
      expect(text).to.match(/^(:\n\n)+$/);
    }
  });

  it("sends the more rarely the longer it takes: a fiftieth of the time, up to two seconds between", async () => {
    hub.close();
    let spentMs = 0;
    let costMs = 0;
    const spending: Clock = {
      now: () => clock.now() + spentMs,
      date: () => clock.date(),
      schedule: (delayMs, action) => clock.schedule(delayMs, action),
    };
    hub = new EventHub({ log, clock: spending, accepts: () => true });
    const { report } = begin();
    await connect();
    const [response] = server.responses;
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
      await count(report, 1);
      clock.advance(clock.due[0]! - clock.now());
      expect(clock.due[0]! - clock.now(), `after ${cost} ms`).to.equal(intervalMs);
    }
  });

  it("does not follow a client that has left already (bug: it was kept for ever)", async () => {
    const asked = Promise.withResolvers<ServerResponse>();
    await using slow = await createEventServer((response) => asked.resolve(response));
    slow.connect().catch(() => {});
    const response = await asked.promise;
    const closed = once(response, "close");
    response.socket!.destroy();
    await closed;
    hub.follow(response, undefined, undefined);
    expect(clock.due).to.deep.equal([]);
  });

  it("rests while nobody follows", async () => {
    const { report, update } = begin();
    expect(clock.due).to.deep.equal([]);
    const reader = await connect();
    expect(clock.due).not.to.deep.equal([]);
    const closed = once(server.responses[0]!, "close");
    reader.close();
    await closed;
    expect(clock.due).to.deep.equal([]);
    await count(report, 1);
    report.complete(null);
    update.end({ status: "ready" });
    expect(clock.due.filter((at) => at > clock.now() + 20)).to.deep.equal([]);
  });

  it("gives what there is before it closes", async () => {
    const { report, update } = begin();
    const reader = await connect();
    await reader.next();
    await reader.next();
    await count(report, 6);
    report.complete(null);
    update.end({ status: "ready" });
    hub.close();
    expect(numUnchanged(await reader.next())).to.equal(6);
    expect((await reader.next())?.name).to.equal("update");
    expect(await reader.next()).to.equal(undefined);
  });
});
