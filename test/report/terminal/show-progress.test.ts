import { expect } from "chai";
import { createComponentStats } from "../../../lib/progress/schema/stats.ts";
import { showProgress, type ProgressHandle } from "../../../lib/report/terminal/show-progress.ts";
import { collectStdout } from "../../collect-stdout.ts";
import { createSnapshot } from "../../snapshots.ts";

const total = createComponentStats([1, 0, 1], 0);
const lastSnapshot = createSnapshot<string>({
  stats: { byComponent: { doc: total }, total },
  status: "ready",
  result: "value",
  final: true,
  elapsedMs: 1200,
});

function createHandle(
  outcome: { readonly value: string } | { readonly error: unknown },
): ProgressHandle<string> & { starts: number } {
  return {
    starts: 0,
    async result() {
      this.starts++;
      if ("error" in outcome) throw outcome.error;
      return outcome.value;
    },
    failures: () => [],
    async *watch() {
      if ("error" in outcome) throw outcome.error;
      yield lastSnapshot;
    },
  };
}

describe("showProgress", () => {
  it("prints the final block and gives the result", async () => {
    let result: string | undefined;
    const text = await collectStdout(async () => {
      result = await showProgress(createHandle({ value: "value" }));
    });
    expect(result).to.equal("value");
    expect(text).to.equal("[Stats]\n✓ doc: 1 total | 1 added\nElapsed 1.2 s\n\n");
  });

  it("prints the failure of a run and rejects with the original error", async () => {
    const error = new RangeError("boom");
    let caught: unknown;
    const text = await collectStdout(async () => {
      caught = await showProgress(createHandle({ error })).catch((reason: unknown) => reason);
    });
    expect(caught).to.equal(error);
    expect(text).to.match(/^\[Stats\]\n✗ Failed: RangeError: boom\nElapsed \d\.\d s\n\n$/);
  });

  it("rejects a refresh interval that is not finite and greater than 0, and starts nothing", async () => {
    for (const refreshInterval of [0, -1, NaN, Infinity]) {
      const handle = createHandle({ value: "value" });
      const caught = await showProgress(handle, { refreshInterval }).catch((reason: unknown) => reason);
      expect(caught, String(refreshInterval)).to.be.instanceOf(RangeError);
      expect((caught as Error).message).to.include(`got ${refreshInterval}`);
      expect(handle.starts).to.equal(0);
    }
  });

  it("takes an interval longer than a timer can run", async () => {
    const text = await collectStdout(() => showProgress(createHandle({ value: "value" }), { refreshInterval: 1e15 }));
    expect(text).to.include("[Stats]");
  });
});
