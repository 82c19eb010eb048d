import { expect } from "chai";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { ReportEvent } from "../../lib/serve/client/report-event.ts";
import { createEventServer } from "./event-server.ts";
import { createHubStage, numUnchanged, type HubStage } from "./hub-stage.ts";

describe("EventHub", () => {
  let stage: HubStage;

  beforeEach(async () => {
    stage = await createHubStage();
  });

  afterEach(() => stage[Symbol.asyncDispose]());

  it("greets with the server's time, then gives how things stand", async () => {
    const { report, update } = stage.begin();
    await stage.count(report, 3);
    stage.clock.advance(90_000);
    const reader = await stage.server.connect();
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

  it("resumes after the last event that a client had", async () => {
    const { report, update } = stage.begin();
    await stage.count(report, 1);
    const first = await stage.connect();
    await first.next();
    const { lastEventId } = (await first.next())!;
    first.close();
    await stage.count(report, 1);
    const group = stage.tally.open({ app: "app", title: "docs" });
    update.addGroup(group);
    await stage.count(group, 7);
    const second = await stage.connect(lastEventId);
    expect(numUnchanged(await second.next())).to.equal(2);
    const event = await second.next();
    expect(JSON.parse(event!.data)).to.include({ group: "docs", groupIndex: 0 });
    expect(numUnchanged(event)).to.equal(7);
  });

  it("forgets the groups that an update has forgotten, and keeps the places of the others", async () => {
    const { update } = stage.begin();
    for (let index = 0; index < 1200; index++) {
      const group = stage.tally.open({ app: "app", title: `group ${index}` });
      update.addGroup(group);
      group.complete(null);
    }
    await stage.connect();
    for (let index = 1200; index < 1210; index++) {
      update.addGroup(stage.tally.open({ app: "app", title: `group ${index}` }));
    }
    const late = await stage.connect();
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
    const { report } = stage.begin();
    await stage.count(report, 5);
    for (const id of ["ffffffff.3", "end", "nonsense", ""]) {
      const reader = await stage.connect(id);
      expect((await reader.next())?.name, id).to.equal("update");
      expect(numUnchanged(await reader.next()), id).to.equal(5);
    }
  });

  it("ends the stream of one update after its last event", async () => {
    const { report, update } = stage.begin();
    const other = stage.begin("other");
    stage.topic = update.id;
    const reader = await stage.connect();
    expect(numUnchanged(await reader.next())).to.equal(0);
    await stage.count(report, 4);
    await stage.count(other.report, 9);
    report.complete({ made: "this" });
    update.end({ status: "ready" });
    stage.clock.advance(0);
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

  it("has the error of a failed run in its last event", async () => {
    const { report, update } = stage.begin();
    stage.topic = update.id;
    const reader = await stage.connect();
    await reader.next();
    const error = new TypeError("boom");
    report.fail(error);
    update.end({ status: "failed", error });
    stage.clock.advance(0);
    const last = JSON.parse((await reader.next())!.data) as {
      error: { name: string; message: string };
      final: boolean;
    };
    expect(last).to.include({ final: true, group: null });
    expect(last.error).to.include({ name: "TypeError", message: "boom" });
    expect(await reader.next()).to.equal(undefined);
  });

  it("does not follow a client that has left already (bug: it was kept for ever)", async () => {
    const asked = Promise.withResolvers<ServerResponse>();
    await using slow = await createEventServer((response) => asked.resolve(response));
    slow.connect().catch(() => {});
    const response = await asked.promise;
    const closed = once(response, "close");
    response.socket!.destroy();
    await closed;
    stage.hub.follow(response, undefined, undefined);
    expect(stage.clock.due).to.deep.equal([]);
  });

  it("has no timer while no client follows", async () => {
    const { report, update } = stage.begin();
    expect(stage.clock.due).to.deep.equal([]);
    const reader = await stage.connect();
    expect(stage.clock.due).not.to.deep.equal([]);
    const closed = once(stage.server.responses[0]!, "close");
    reader.close();
    await closed;
    expect(stage.clock.due).to.deep.equal([]);
    await stage.count(report, 1);
    report.complete(null);
    update.end({ status: "ready" });
    expect(stage.clock.due.filter((at) => at > stage.clock.now() + 20)).to.deep.equal([]);
  });

  it("sends pending events before it closes", async () => {
    const { report, update } = stage.begin();
    const reader = await stage.connect();
    await reader.next();
    await reader.next();
    await stage.count(report, 6);
    report.complete(null);
    update.end({ status: "ready" });
    stage.hub.close();
    expect(numUnchanged(await reader.next())).to.equal(6);
    expect((await reader.next())?.name).to.equal("update");
    expect(await reader.next()).to.equal(undefined);
  });
});
