import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import { stateOf } from "../../../lib/app/environment.ts";
import {
  autoRefresh,
  declareTargetState,
  fn,
  mount,
  mountEach,
  type LiveComponent,
  type LiveComponentOperator,
} from "../../../lib/index.ts";
import { FakeClock } from "../../fake-clock.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { until } from "../../until.ts";
import { createCountingApp } from "../counting-app.ts";
import { useRecordingTarget } from "../targets/recording-target.ts";
import { LiveWatch } from "./live-watch.ts";

type Items = Iterable<readonly [string, string]>;

const boom = new Error("broke off");
const items = (): Items => [
  ["x", "x"],
  ["y", "y"],
];

function* brokenOff(): Generator<readonly [string, string]> {
  yield ["x", "x"];
  throw boom;
}

describe("An execution that breaks off deletes nothing", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  const target = useRecordingTarget();
  const doc = fn({ memo: true }, function doc(text: string) {
    declareTargetState(target.provider, text, text);
  });
  const outside = (): string[] => [...target.outside.keys()].map(String).toSorted();
  let clock: FakeClock;
  let list: () => Items;

  beforeEach(() => {
    clock = new FakeClock();
    stateOf(test.environment).clock = clock;
    list = items;
  });

  describe("of a live component", () => {
    let follow: (operator: LiveComponentOperator) => Promise<void>;

    class Docs implements LiveComponent {
      async process(): Promise<void> {
        await mountEach("docs", doc, list());
      }
      processLive(operator: LiveComponentOperator): Promise<void> {
        return follow(operator);
      }
    }

    beforeEach(async () => {
      follow = async (operator) => {
        await operator.updateFull();
        await operator.markReady();
      };
      await app.update(() => mount("live", Docs));
      expect(outside()).to.deep.equal(["x", "y"]);
    });

    for (const isLive of [true, false]) {
      const mode = isLive ? "in a live run" : "in a run that is not live";
      const update = async (): Promise<void> => {
        const handle = app.withMain(() => mount("live", Docs)).update({ live: isLive });
        const watch = new LiveWatch(handle);
        await watch.until(({ status }) => status === "ready");
        for (let turn = 0; turn < 5; turn++) await setImmediate();
        await handle.stop();
      };

      it(`whose \`process\` fails after it has succeeded, ${mode}`, async () => {
        follow = async (operator) => {
          await operator.updateFull();
          list = brokenOff;
          await operator.updateFull();
          throw boom;
        };
        await update();
        expect(outside()).to.deep.equal(["x", "y"]);
      });

      it(`whose \`processLive\` fails after \`process\` has succeeded, ${mode}`, async () => {
        follow = async (operator) => {
          await operator.updateFull();
          throw boom;
        };
        await update();
        expect(outside()).to.deep.equal(["x", "y"]);
      });
    }
  });

  it("in an execution of `autoRefresh` that fails after others", async () => {
    const poll = autoRefresh(
      fn(async function poll() {
        await mountEach(doc, list());
      }),
      { intervalMs: 1000 },
    );
    const handle = app.withMain(() => mount(poll)).update({ live: true });
    const watch = new LiveWatch(handle);
    await watch.untilReady(3);
    list = brokenOff;
    for (const numErrors of [1, 2]) {
      const due = clock.now() + 1000;
      await until(() => clock.due.includes(due), { next: setImmediate, explain: () => clock.due });
      clock.advance(1000);
      await watch.until(({ stats }) => stats.total.numErrors === numErrors);
    }
    await handle.stop();
    expect(outside()).to.deep.equal(["x", "y"]);
    expect(await app.update(() => mount(poll))).to.deep.include({ poll: { starts: 1, errors: 1 } });
    expect(outside()).to.deep.equal(["x", "y"]);
  });
});
