import { expect } from "chai";
import {
  App,
  declareTargetState,
  fn,
  LiveMap,
  memoKey,
  memoState,
  mount,
  mountEach,
  useMount,
  type ComponentFunction,
  type Environment,
} from "../../../lib/index.ts";
import { createTestEnvironment } from "../../test-environment.ts";
import { defineRecordingTarget, type RecordingTarget } from "../targets/recording-target.ts";
import { run } from "../logged-work.ts";

type Names = ComponentFunction<readonly [names: string[]], unknown>;

/** Ways to execute a memoized function with one argument. */
const WAYS: Readonly<Record<string, (work: Names, names: string[]) => unknown>> = {
  mount: (work, names) => mount(work, names),
  useMount: (work, names) => useMount(work, names),
  "mountEach of an item": (work, names) => mountEach(work, [["item", names]]),
  "mountEach of a map's item": (work, names) => mountEach(work, new LiveMap([["item", names]])),
  "mountEach with a shared argument": (work, names) => {
    const each = fn({ memo: true }, function each(_item: string, shared: string[]) {
      return work(shared);
    });
    return mountEach(each, [["item", "a"]], names);
  },
  "a call": (work, names) => work(names),
  "an asynchronous call": (work, names) => {
    const later = fn({ memo: true }, async function later(given: string[]) {
      return work(given);
    });
    return later(names);
  },
};

for (const [way, execute] of Object.entries(WAYS)) {
  describe(`The argument of a memoized function in ${way}`, () => {
    it("is compared as it was given, though the function consumes it", async () => {
      await using test = await createTestEnvironment();
      const { ran, target, work } = createConsumer();
      for (const names of [["a", "b"], ["a", "b"], [], []]) {
        await run(test.environment, () => execute(work, [...names]));
        expect([...target.outside.keys()]).to.have.members(names);
      }
      expect(ran).to.deep.equal([2, 0]);
    });

    it("is compared as it was given in a full run, too", async () => {
      await using test = await createTestEnvironment();
      const { ran, work } = createConsumer();
      const app = new App({ name: "counted", environment: test.environment }, async function main() {
        await execute(work, ["a", "b"]);
      });
      for (const fullReprocess of [false, true, false]) await app.update({ fullReprocess });
      expect(ran).to.deep.equal([2, 2]);
    });

    it("fails in each run, before the function runs, when it cannot be compared", async () => {
      await using test = await createTestEnvironment();
      const { ran, work } = createConsumer();
      for (let round = 0; round < 2; round++) {
        const error = await failureIn(test, () => execute(work, [Symbol("s")] as never));
        expect(error).to.be.instanceOf(TypeError);
        expect(error.message).to.include("must be data that can be compared, got a symbol");
      }
      expect(ran).to.deep.equal([]);
    });
  });
}

describe("The argument of a memoized main function", () => {
  it("is compared as it was given", async () => {
    await using test = await createTestEnvironment();
    const { ran, target, work } = createConsumer();
    for (const names of [["a"], ["a"], []]) {
      await new App({ name: "counted", environment: test.environment }, work, [...names]).update();
      expect([...target.outside.keys()]).to.deep.equal(names);
    }
    expect(ran).to.deep.equal([1, 0]);
  });
});

describe("The shared arguments of mountEach", () => {
  it("are compared as they were given, though the first items consume them", async () => {
    await using test = await createTestEnvironment();
    const ran: string[] = [];
    const take = fn({ memo: true }, function take(item: string, names: string[]) {
      ran.push(`${item}${names.pop()}`);
    });
    const update = (names: string[]): Promise<unknown> =>
      run(test.environment, () =>
        mountEach(
          take,
          ["a", "b"].map((item) => [item, item] as const),
          names,
        ),
      );
    await update(["x", "y"]);
    await update(["x", "y"]);
    expect(ran).to.deep.equal(["ay", "bx"]);
    await update(["x"]);
    expect(ran.slice(2)).to.deep.equal(["ax", "bundefined"]);
  });

  it("do not matter to a function without a memo", async () => {
    await using test = await createTestEnvironment();
    const work = fn(function work(_item: string, _shared: symbol) {});
    const counts = await run(test.environment, () => mountEach(work, [["a", "a"]], Symbol("s")));
    expect(counts["work"]).to.deep.equal({ starts: 1, adds: 1 });
  });
});

describe("An argument that is altered before its function begins", () => {
  for (const way of ["mount", "a call"]) {
    it(`has no memo when that was while a state was awaited: ${way}`, async () => {
      await using test = await createTestEnvironment();
      const ran: number[] = [];
      const work = fn({ memo: true }, async function work(names: string[], _document: unknown) {
        ran.push(names.length);
      });
      const update = (alter: (names: string[]) => void): Promise<unknown> =>
        run(test.environment, async () => {
          const names = ["a"];
          const document = { [memoKey]: () => "document", [memoState]: async () => ({ state: 1, isValid: true }) };
          const pending = way === "mount" ? mount(work, names, document) : work(names, document);
          alter(names);
          await pending;
        });
      await update((names) => names.push("b"));
      await update(() => {});
      await update(() => {});
      expect(ran).to.deep.equal([2, 1]);
    });
  }

  it("is compared as the function sees it when that was while it waited for a slot", async () => {
    await using test = await createTestEnvironment();
    const ran: number[] = [];
    const work = fn({ memo: true }, async function work(names: string[]) {
      ran.push(names.length);
      await new Promise(setImmediate);
    });
    const update = async (alter: (names: string[]) => void): Promise<void> => {
      const app = new App({ name: "slots", environment: test.environment, maxInflightComponents: 1 }, async () => {
        const names = ["a"];
        const mounts = [mount("first", work, []), mount("second", work, names)];
        alter(names);
        await Promise.all(mounts);
      });
      await app.update();
    };
    await update((names) => names.push("b"));
    await update(() => {});
    await update(() => {});
    expect(ran).to.deep.equal([0, 2, 1]);
  });
});

/** A memoized function that consumes its argument, and declares a target state for each name in it. */
function createConsumer(): { readonly ran: number[]; readonly target: RecordingTarget<string>; readonly work: Names } {
  const target = defineRecordingTarget();
  const ran: number[] = [];
  const work = fn({ memo: true }, function work(names: string[]) {
    ran.push(names.length);
    while (names.length > 0) declareTargetState(target.provider, names.pop()!, "a");
  });
  return { ran, target, work };
}

/** The error that a component fails with, or that is thrown to its caller. */
async function failureIn(
  test: { readonly environment: Environment; readonly caught: readonly { readonly error: unknown }[] },
  body: () => unknown,
): Promise<Error> {
  const numCaught = test.caught.length;
  const thrown = await run(test.environment, body).then(
    () => undefined,
    (error: unknown) => error,
  );
  return (thrown ?? test.caught[numCaught]?.error) as Error;
}
