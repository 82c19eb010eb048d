import { expect } from "chai";
import { inspectStates } from "../../../lib/engine/targets/inspect-states.ts";
import type { AnyHandler } from "../../../lib/engine/targets/target-handler.ts";
import type { InspectedState, InspectContext } from "../../../lib/engine/targets/target-inspection.ts";
import { FakeClock } from "../../fake-clock.ts";
import { until } from "../../until.ts";

type Answer = (states: readonly InspectedState<string, unknown>[], options: InspectContext) => unknown;

function targetOf(inspect: Answer | undefined) {
  const base = { reconcile: () => undefined, apply: () => {} };
  const handler = (inspect === undefined ? base : { ...base, inspect }) as unknown as AnyHandler;
  return { path: ["test/items"], handler };
}

const STATES = ["a", "b", "c", "d", "e"].map((key) => ({ key, recorded: [key], root: "/" }));

function inspectAll(inspect: Answer | undefined, clock = new FakeClock(), signal?: AbortSignal) {
  return inspectStates(targetOf(inspect), STATES, { depth: "content", clock, signal });
}

describe("inspectStates", () => {
  it("gives the answers of a handler, synchronous or not", async () => {
    const expected = { results: ["unchanged", "missing", "edited", "unknown", "unchanged"], failure: undefined };
    expect(await inspectAll(() => expected.results)).to.deep.equal(expected);
    expect(await inspectAll(async () => expected.results)).to.deep.equal(expected);
  });

  it("answers undefined for a handler that cannot tell", async () => {
    expect(await inspectAll(undefined)).to.equal(undefined);
  });

  it("keeps the answers about other states when one throws", async () => {
    const inspection = await inspectAll((states) =>
      states.map(({ key }) => {
        if (key === "c") throw new RangeError("no c");
        return "edited";
      }),
    );
    expect(inspection?.results).to.deep.equal(["edited", "edited", "unknown", "edited", "edited"]);
    expect(inspection?.failure?.error).to.be.instanceOf(RangeError);
  });

  for (const [name, answer] of [
    ["nothing", () => undefined],
    ["too many results", () => [...STATES, ...STATES].map(() => "missing")],
    ["another word", (states: readonly unknown[]) => states.map(() => "gone")],
    ["promises", (states: readonly unknown[]) => states.map(() => Promise.reject(new Error("unseen")))],
  ] as const) {
    it(`refuses ${name} as an answer`, async () => {
      const inspection = await inspectAll(answer);
      expect(inspection?.results).to.deep.equal(STATES.map(() => "unknown"));
      expect(inspection?.failure?.error).to.be.instanceOf(TypeError);
      expect(String(inspection?.failure?.error)).to.include("`inspect` must give one of");
    });
  }

  it("leaves a handler that hangs after 30 seconds, and tells it so", async () => {
    const clock = new FakeClock();
    let given: AbortSignal | undefined;
    const inspecting = inspectAll((_, { signal }) => {
      given = signal;
      return new Promise(() => {});
    }, clock);
    await until(() => given !== undefined, { explain: () => given });
    clock.advance(29_999);
    expect(given?.aborted).to.equal(false);
    clock.advance(1);
    const inspection = await inspecting;
    expect(new Set(inspection?.results)).to.deep.equal(new Set(["unknown"]));
    expect(inspection?.failure?.error).to.have.property("name", "TimeoutError");
    expect(given?.aborted).to.equal(true);
    expect(clock.due).to.deep.equal([]);
  });

  it("rejects with the reason of its signal", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const inspecting = inspectAll(() => new Promise(() => {}), new FakeClock(), controller.signal);
    controller.abort(reason);
    expect(await inspecting.catch((error: unknown) => error)).to.equal(reason);
  });
});
