import { expect } from "chai";
import { stateOf } from "../../lib/app/environment.ts";
import { App, fn, mount, mountEach, statsGroup, UpdateStatus, type StatsGroupHandle } from "../../lib/index.ts";
import { collectStdout } from "../collect-stdout.ts";
import { countsByComponent } from "../counts.ts";
import { failureOf } from "../state/failure-of.ts";
import { collect, usePipeline, pairs } from "./pipeline.ts";

describe("The specification of progress monitoring, Scoped reports with statsGroup", () => {
  const { createApp, openGate, processCode, processDoc, processSlowly, test } = usePipeline();

  it("By default every component's stats roll up into one report for the whole app.update()", async () => {
    const outer = fn(async function outer() {
      await mountEach(processDoc, pairs("a", "b"));
    });
    const handle = createApp(() => mount(outer)).update();
    await handle;
    expect(countsByComponent(handle.stats())).to.deep.equal({
      main: { starts: 1, adds: 1 },
      outer: { starts: 1, adds: 1 },
      processDoc: { starts: 2, adds: 2 },
    });
  });

  it("statsGroup(title) opens a scope: everything mounted inside the block aggregates into a separate report under title", async () => {
    const handles: StatsGroupHandle[] = [];
    await createApp(async () => {
      using docs = statsGroup("Indexing docs");
      handles.push(docs);
      await mountEach(processDoc, pairs("a", "b"));
      await mount(async function below() {
        await mount(processCode, "c");
      });
    }).update();
    expect(handles[0]?.title).to.equal("Indexing docs");
    expect(countsByComponent(handles[0]!.stats())).to.deep.equal({
      processDoc: { starts: 2, adds: 2 },
      below: { starts: 1, adds: 1 },
      processCode: { starts: 1, adds: 1 },
    });
  });

  it("... split out of the parent (the parent report no longer counts that work: there's no double counting)", async () => {
    const groups: StatsGroupHandle[] = [];
    const handle = createApp(async () => {
      await statsGroup("Indexing docs", async (docs) => {
        groups.push(docs);
        await mountEach(processDoc, pairs("a", "b"));
      });
      await statsGroup("Indexing code", async (code) => {
        groups.push(code);
        await mountEach(processCode, pairs("c"));
      });
    }).update();
    await handle;
    expect(countsByComponent(handle.stats())).to.deep.equal({ main: { starts: 1, adds: 1 } });
    expect(groups.map((group) => countsByComponent(group.stats()))).to.deep.equal([
      { processDoc: { starts: 2, adds: 2 } },
      { processCode: { starts: 1, adds: 1 } },
    ]);
  });

  it("It's a plain block, used inside a processing component like componentSubpath", async () => {
    expect(await failureOf(() => statsGroup("Docs", () => {}))).to.have.property("code", "OUTSIDE_COMPONENT");
    await createApp(() => {
      expect(statsGroup("Docs", () => "plain")).to.equal("plain");
      using group = statsGroup("Docs");
      expect(group.title).to.equal("Docs");
    }).update();
  });

  it("With reportToStdout: true, the group's progress is also printed to stdout, labeled by its title, alongside the main reportToStdout display without disrupting it", async () => {
    const app = createApp(() =>
      statsGroup("Indexing docs", { reportToStdout: true }, () => mountEach(processDoc, pairs("a", "b"))),
    );
    const text = await collectStdout(() => app.update({ reportToStdout: true }).result());
    const blocks = text.split("\n\n").map((block) => block.split("\n").slice(0, -1).join("\n"));
    expect(blocks).to.include("[Stats: Indexing docs]\n✓ processDoc: 2 total | 2 added");
    expect(blocks).to.include("[Stats]\n✓ main: 1 total | 1 added");
  });

  it("Pass an interval instead of true to set the group's refresh interval", async () => {
    const intervals: [title: string | null, intervalMs: number][] = [];
    stateOf(test.environment).stdoutReporter = async ({ title }, { intervalMs }) => {
      intervals.push([title, intervalMs]);
    };
    await createApp(() => statsGroup("Docs", { reportToStdout: 250 }, () => {})).update({ reportToStdout: true });
    expect(intervals).to.deep.equal([
      [null, 1000],
      ["Docs", 250],
    ]);
  });

  it("The block yields a StatsGroupHandle with the same stats() and watch() as UpdateHandle (a group has no return value, so there's no result())", async () => {
    const createOther = () => new App({ name: "other", environment: test.environment }, function other() {});
    const handle = createApp(async () => {
      const group = await statsGroup("Docs", async (opened) => {
        await mountEach(processDoc, pairs("a"));
        return opened;
      });
      const last = (await collect(group)).at(-1);
      expect(last).to.deep.include({ status: UpdateStatus.READY, result: null });
      expect(last?.stats).to.deep.equal(group.stats());
      const root = (await collect(createOther().update())).at(-1);
      expect(Object.keys(last!)).to.deep.equal(Object.keys(root!));
      expect(group).not.to.have.property("result");
    }).update();
    await handle;
  });

  it("Exit is non-blocking, so the mounted work keeps running after the block: the handle stays valid; drain its watch() to follow that work to completion", async () => {
    await createApp(async () => {
      let sg: StatsGroupHandle;
      {
        using opened = statsGroup("Indexing docs");
        sg = opened;
        await mount(processSlowly);
      }
      expect(sg.stats()?.total.numInProgress).to.equal(1);
      const seen = await collect(sg, () => openGate());
      expect(seen.at(-1)?.stats.total).to.deep.include({ numInProgress: 0, numFinished: 1 });
    }).update();
  });
});
