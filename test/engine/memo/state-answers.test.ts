import { expect } from "chai";
import { isDeepStrictEqual } from "node:util";
import { fn, memoKey, memoState, mount, mountEach, useMount } from "../../../lib/index.ts";
import { createTestEnvironment, type TestEnvironment } from "../../test-environment.ts";
import { run } from "../logged-work.ts";

/** A function that gets the argument, and is `each` where it is a shared one. */
type Body = (argument: unknown) => void;

/** Ways in which a memoized function gets an argument. */
const WAYS: Readonly<Record<string, (body: Body, argument: unknown) => unknown>> = {
  mount: (body, argument) => mount(workOf(body), argument),
  useMount: (body, argument) => useMount(workOf(body), argument),
  "mountEach of an item": (body, argument) => mountEach(workOf(body), [["item", argument]]),
  "mountEach with a shared argument": (body, argument) => {
    const each = fn({ name: "work", memo: true, version: 1 }, (_item: string, shared: unknown) => body(shared));
    return mountEach(each, [["item", "a"]], argument);
  },
  "a call": (body, argument) => workOf(body)(argument),
  "an asynchronous call": (body, argument) =>
    fn({ name: "work", memo: true, version: 1 }, async (given: unknown) => body(given))(argument),
};

function workOf(body: Body) {
  return fn({ name: "work", memo: true, version: 1 }, (argument: unknown) => body(argument));
}

/** An argument whose state is an object that it goes on using. */
class Board {
  readonly tags = ["a"];
  readonly isSlow: boolean;

  constructor(isSlow = false) {
    this.isSlow = isSlow;
  }

  [memoKey](): unknown {
    return "board";
  }

  [memoState](previous: unknown) {
    const answer = { state: this.tags, isValid: isDeepStrictEqual(previous, this.tags) };
    return this.isSlow ? (Promise.resolve(answer) as never) : answer;
  }
}

/** Answers that are none, with the words of their error. */
const WRONG: Readonly<Record<string, readonly [answer: () => unknown, got: string]>> = {
  "a promise as isValid": [() => ({ state: 1, isValid: Promise.resolve(false) }), "; await `isValid`"],
  "a rejected promise as isValid": [() => ({ state: 1, isValid: Promise.reject(new Error("x")) }), "; await `isValid`"],
  "a text as isValid": [() => ({ state: 1, isValid: "no" }), "got { state: 1, isValid: 'no' }"],
  "a number as isValid": [() => ({ state: 1, isValid: 0 }), "got { state: 1, isValid: 0 }"],
  "no isValid": [() => ({ state: 1 }), "got { state: 1 }"],
  "no state": [() => ({ isValid: true }), "got { isValid: true }"],
  "an array": [() => [1, true], "got [ 1, true ]"],
  nothing: [() => undefined, "got undefined"],
  "a number": [() => 3, "got 3"],
  null: [() => null, "got null"],
  "a function": [() => () => true, "got [Function"],
};

for (const [way, execute] of Object.entries(WAYS)) {
  describe(`The state of an argument in ${way}`, () => {
    for (const isSlow of way === "a call" ? [false] : [false, true]) {
      it(`is stored as it was before the function ran: ${isSlow ? "a promise" : "at once"}`, async () => {
        await using test = await createTestEnvironment();
        const board = new Board(isSlow);
        const seen: string[] = [];
        const body = (argument: unknown): void => {
          const { tags } = argument as Board;
          seen.push(tags.join());
          if (tags.length % 2 === 1) tags.push("late");
        };
        for (let round = 0; round < 3; round++) await run(test.environment, () => execute(body, board));
        board.tags.push("b");
        for (let round = 0; round < 3; round++) await run(test.environment, () => execute(body, board));
        expect(seen).to.deep.equal(["a", "a,late", "a,late,b", "a,late,b,late"]);
      });
    }

    for (const [kind, [answer, got]] of Object.entries(WRONG)) {
      for (const isAsync of way === "a call" ? [false] : [false, true]) {
        it(`is refused before the function runs, in each run: ${kind}${isAsync ? ", as a promise" : ""}`, async () => {
          await using test = await createTestEnvironment();
          let numRuns = 0;
          class Page {
            [memoKey]() {
              return 1;
            }
            [memoState](): never {
              return (isAsync ? Promise.resolve().then(answer) : answer()) as never;
            }
          }
          for (let round = 0; round < 2; round++) {
            const error = await failureIn(test, () => execute(() => numRuns++, new Page()));
            expect(error).to.be.instanceOf(TypeError);
            expect(error.message).to.include("`[memoState]()` of an argument of the class `Page` must return");
            expect(error.message).to.include(got);
          }
          expect(numRuns).to.equal(0);
        });
      }
    }
  });
}

describe("The answer of a memo state", () => {
  it("may be an object like a promise", async () => {
    await using test = await createTestEnvironment();
    const answer = Promise.resolve({ state: 1, isValid: true });
    class Later {
      readonly isLater = true;
    }
    Reflect.set(Later.prototype, "then", answer.then.bind(answer));
    const argument = { [memoKey]: () => 1, [memoState]: () => new Later() };
    let numRuns = 0;
    for (let round = 0; round < 2; round++) {
      await run(test.environment, () =>
        mount(
          workOf(() => numRuns++),
          argument,
        ),
      );
    }
    expect(numRuns).to.equal(1);
  });

  it("may be wrong beside another that rejects", async () => {
    await using test = await createTestEnvironment();
    const rejecting = { [memoKey]: () => 1, [memoState]: () => Promise.reject(new Error("never seen")) };
    const wrong = Object.assign(Object.create(null) as object, { [memoKey]: () => 1, [memoState]: () => undefined });
    const error = await failureIn(test, () =>
      mount(
        workOf(() => {}),
        [rejecting, wrong],
      ),
    );
    expect(error.message).to.include("`[memoState]()` of an argument must return { state, isValid }");
  });

  it("has a state that can be stored, or the error names the class", async () => {
    await using test = await createTestEnvironment();
    const board = new Board();
    board.tags.push((() => 1) as never);
    const error = await failureIn(test, () =>
      mount(
        workOf(() => {}),
        board,
      ),
    );
    expect(error.message).to.include("of an argument of the class `Board` must be plain data, got a function");
  });

  for (const symbol of [memoKey, memoState]) {
    for (const wrong of ["key", null, 1, {}]) {
      it(`comes from a method: ${String(symbol)} of ${JSON.stringify(wrong)}`, async () => {
        await using test = await createTestEnvironment();
        const argument = { [memoKey]: () => 1, [symbol]: wrong };
        const error = await failureIn(test, () =>
          mount(
            workOf(() => {}),
            argument,
          ),
        );
        expect(error).to.be.instanceOf(TypeError);
        const name = symbol === memoKey ? "memoKey" : "memoState";
        expect(error.message).to.include(
          `argument 1 must be data that can be compared, got a value whose \`[${name}]\` is no method`,
        );
      });
    }
  }
});

/** Runs `execute` and gives the error that it failed with. */
async function failureIn(test: TestEnvironment, execute: () => unknown): Promise<Error> {
  const numCaught = test.caught.length;
  const thrown = await run(test.environment, execute).then(
    () => undefined,
    (error: unknown) => error,
  );
  return (thrown ?? test.caught[numCaught]?.error) as Error;
}
