import { expect } from "chai";
import { fn, LiveMap, mount, mountEach } from "../../lib/index.ts";
import { collectDiag } from "../diag-log.ts";
import { createCountingApp } from "../engine/counting-app.ts";
import { LiveWatch } from "../engine/live/live-watch.ts";
import { failNextWrite } from "../fail-next-write.ts";
import { failureOf } from "../state/failure-of.ts";
import { useTestEnvironment } from "../test-environment.ts";

const full = new Error("ENOSPC: no space left on device");
const doc = fn(function doc(_text: string) {});

describe("A write that nobody waits for and that fails", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);

  it("fails the run at its end", async () => {
    const handle = app.withMain(async () => {
      await failNextWrite(test.environment, full);
      await mount(doc, "a");
    });
    expect(await failureOf(handle.update().result())).to.equal(full);
  });

  it("leaves the run's own error in place, and is told to the diagnostics (a bug once: it took its place)", async () => {
    using diag = collectDiag();
    const boom = new Error("boom");
    const handle = app.withMain(async () => {
      await failNextWrite(test.environment, full);
      await mount(doc, "a");
      throw boom;
    });
    expect(await failureOf(handle.update().result())).to.equal(boom);
    expect(diag.messages).to.deep.equal([
      'tidemark: the run of app "counted" that has failed could not write its state either',
    ]);
  });

  it("leaves the reason in place that the run was aborted with", async () => {
    using _diag = collectDiag();
    const stop = new AbortController();
    const enough = new Error("enough");
    const handle = app.withMain(async () => {
      await failNextWrite(test.environment, full);
      await mount(doc, "a");
      stop.abort(enough);
    });
    expect(await failureOf(handle.update({ signal: stop.signal }).result())).to.equal(enough);
  });

  it("ends a live run with its error at once (a bug once: it was told when the run was stopped)", async () => {
    const source = new LiveMap<string, string>();
    const handle = app.withMain(() => mountEach(doc, source)).update({ live: true });
    const result = failureOf(handle.result());
    await new LiveWatch(handle).until(({ status }) => status === "ready");
    await failNextWrite(test.environment, full);
    source.set("a", "a");
    expect(await result).to.equal(full);
    expect(handle.stats()?.total).to.deep.include({ numInProgress: 0, numQueued: 0 });
  });
});
