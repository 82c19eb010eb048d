import { expect } from "chai";
import {
  App,
  declareTargetState,
  fn,
  memoKey,
  memoState,
  mount,
  mountEach,
  mountTarget,
  useMount,
  type MemoState,
} from "../../lib/index.ts";
import { failureOf } from "../state/failure-of.ts";
import { createTestEnvironment, type TestEnvironment } from "../test-environment.ts";
import { createCountingApp } from "./counting-app.ts";
import { defineRecordingTarget } from "./recording-target.ts";

describe("A memoized call", () => {
  let test: TestEnvironment;
  let ran: unknown[];
  const target = defineRecordingTarget();
  const sync = fn({ memo: true }, function sync(value: unknown) {
    ran.push(value);
    return value;
  });
  const slow = fn({ memo: true }, async function slow(value: unknown) {
    ran.push(value);
    await new Promise(setImmediate);
    return value;
  });

  beforeEach(async () => {
    test = await createTestEnvironment();
    ran = [];
    target.outside.clear();
    target.batches.length = 0;
    target.onApply = undefined;
  });

  afterEach(() => test[Symbol.asyncDispose]());

  const update = (body: () => unknown): Promise<unknown> => createCountingApp(test.environment).update(body);
  /** The answers of one run of a component that is not memoized. */
  const answersOf = async <T>(body: () => T): Promise<Awaited<T>> => {
    const app = new App({ name: "counted", environment: test.environment }, async function main() {
      return { answer: await body() };
    });
    return (await app.update()).answer;
  };

  it("is answered without running when it was made in the last run", async () => {
    expect(await answersOf(() => [sync("a"), sync("b")])).to.deep.equal(["a", "b"]);
    expect(await answersOf(() => [sync("a"), sync("b"), sync("c")])).to.deep.equal(["a", "b", "c"]);
    expect(ran).to.deep.equal(["a", "b", "c"]);
  });

  it("gives a value at once if its function does, hit or not", async () => {
    for (let round = 0; round < 2; round++) expect(await answersOf(() => [sync("a")])).to.deep.equal(["a"]);
    expect(ran).to.deep.equal(["a"]);
  });

  it("gives a promise if its function does, hit or not", async () => {
    for (let round = 0; round < 2; round++) {
      await update(async () => {
        const answer = slow("a");
        expect(answer).to.be.instanceOf(Promise);
        expect(await answer).to.equal("a");
      });
    }
    expect(ran).to.deep.equal(["a"]);
  });

  it("runs once when it is made many times at once, hit or not", async () => {
    for (let round = 0; round < 2; round++) {
      const answers = await answersOf(() => Promise.all([slow("a"), slow("a"), slow("b"), slow("a")]));
      expect(answers).to.deep.equal(["a", "a", "b", "a"]);
    }
    expect(ran).to.deep.equal(["a", "b"]);
  });

  it("gives back data as it was", async () => {
    const value = { map: new Map([[1n, new Date(5)]]), bytes: Uint8Array.of(1), nothing: undefined };
    expect(await answersOf(() => [sync(value)])).to.deep.equal([value]);
    expect(await answersOf(() => [sync(value)])).to.deep.equal([value]);
    expect(ran).to.have.length(1);
  });

  it("is remembered as it was answered, whatever is done to the answer", async () => {
    const make = fn({ memo: true }, function make(): string[] {
      ran.push("make");
      return ["a"];
    });
    const makeLate = fn({ memo: true }, async function makeLate(): Promise<string[]> {
      return ["a"];
    });
    for (let round = 0; round < 3; round++) {
      const answers = await answersOf(async () =>
        [make(), await makeLate()].map((answer) => (answer.push("b"), answer)),
      );
      expect(answers).to.deep.equal([
        ["a", "b"],
        ["a", "b"],
      ]);
    }
    expect(ran).to.deep.equal(["make"]);
  });

  it("is not told apart by who makes it in the component, but belongs to that component", async () => {
    const child = fn(function child() {
      return sync("a");
    });
    await update(async () => {
      sync("a");
      await mount("one", child);
      await mount("other", child);
    });
    expect(ran).to.deep.equal(["a", "a", "a"]);
  });

  it("is told apart by the function, also where two have one name", async () => {
    const one = fn({ memo: true, name: "parse" }, (text: string) => `one ${text}`);
    const other = fn({ memo: true, name: "parse" }, (text: string) => `other ${text}`);
    for (let round = 0; round < 2; round++) {
      expect(await answersOf(() => [one("a"), other("a")])).to.deep.equal(["one a", "other a"]);
    }
  });

  it("is made again after a failure, in the same run and in the next", async () => {
    let failures = 3;
    const fail = (): void => {
      ran.push("try");
      if (failures-- > 0) throw new Error("broken");
    };
    const failing = fn({ memo: true, name: "failing" }, () => fail());
    const failingLate = fn({ memo: true, name: "late" }, async () => fail());
    const body = async (): Promise<unknown[]> => {
      const errors: unknown[] = [];
      for (const call of [failing, failing])
        if (await failureOf(async () => call()).catch(() => undefined)) errors.push("sync");
      for (const call of [failingLate, failingLate])
        if (await failureOf(call).catch(() => undefined)) errors.push("async");
      return errors;
    };
    expect(await answersOf(body)).to.deep.equal(["sync", "sync", "async"]);
    expect(await answersOf(body)).to.deep.equal([]);
    expect(ran).to.have.length(5);
  });

  it("is forgotten when a run does not make it", async () => {
    for (const values of [["a", "b"], ["b"], ["a", "b"], []]) await update(() => values.map((value) => sync(value)));
    expect(ran).to.deep.equal(["a", "b", "a"]);
  });

  it("is not remembered when the component fails", async () => {
    const child = fn(function child(fails: boolean) {
      sync("a");
      if (fails) throw new Error("broken");
    });
    for (const fails of [true, false, false]) await update(() => mount(child, fails));
    expect(ran).to.deep.equal(["a", "a"]);
  });

  it("runs in every full run, and is remembered from there", async () => {
    const app = createCountingApp(test.environment);
    for (const fullReprocess of [false, true, false]) await app.update(() => sync("a"), { fullReprocess });
    expect(ran).to.deep.equal(["a", "a"]);
  });

  it("has an answer that can be stored, or a clear error", async () => {
    const broken = fn({ memo: true }, function broken() {
      return () => 1;
    });
    const brokenLate = fn({ memo: true }, async function brokenLate() {
      return new (class Connection {})();
    });
    await update(async () => {
      expect(() => broken()).to.throw(
        TypeError,
        "Cannot memoize `broken`: its value must be plain data, got a function; return data, or leave `memo` out",
      );
      expect((await failureOf(brokenLate)).message).to.include("Cannot memoize `brokenLate`");
    });
  });

  it("is a plain call outside any component", async () => {
    expect([sync("a"), sync("a")]).to.deep.equal(["a", "a"]);
    expect(await Promise.all([slow("a"), slow("a")])).to.deep.equal(["a", "a"]);
    expect(sync(Symbol.iterator)).to.equal(Symbol.iterator);
    expect(ran).to.have.length(5);
  });

  it("keeps `this`", async () => {
    const holder = {
      name: "holder",
      read: fn(function read(this: { name: string }) {
        return this.name;
      }),
    };
    expect(await answersOf(() => [holder.read()])).to.deep.equal(["holder"]);
  });

  describe("that declares target states", () => {
    const declare = fn({ memo: true }, function declare(key: string) {
      ran.push(key);
      declareTargetState(target.provider, key, `of ${key}`);
    });

    it("keeps them when it is answered from its memo, without asking the target", async () => {
      await update(() => declare("a"));
      target.changes.length = 0;
      for (let round = 0; round < 2; round++) await update(() => declare("a"));
      expect(ran).to.deep.equal(["a"]);
      expect([...target.outside]).to.deep.equal([["a", "of a"]]);
      expect(target.changes).to.have.length(0);
    });

    it("has them removed when it is not made any more", async () => {
      await update(() => [declare("a"), declare("b")]);
      await update(() => declare("a"));
      expect([...target.outside.keys()]).to.deep.equal(["a"]);
      await update(() => {});
      expect(target.outside.size).to.equal(0);
    });

    it("keeps those of calls within it, at any depth", async () => {
      const outer = fn({ memo: true }, async function outer(key: string) {
        ran.push("outer");
        declare(key);
      });
      const outermost = fn({ memo: true }, async function outermost(key: string) {
        await outer(key);
      });
      for (let round = 0; round < 3; round++) await update(() => outermost("a"));
      expect(ran).to.deep.equal(["outer", "a"]);
      expect([...target.outside.keys()]).to.deep.equal(["a"]);
    });

    it("keeps those of calls that were hits when it was made", async () => {
      const outer = fn({ memo: true }, function outer(argument: number) {
        ran.push(argument);
        declare("a");
      });
      await update(() => declare("a"));
      for (let round = 0; round < 3; round++) await update(() => [declare("a"), outer(1)]);
      for (let round = 0; round < 2; round++) await update(() => outer(1));
      expect(ran).to.deep.equal(["a", 1]);
      expect([...target.outside.keys()]).to.deep.equal(["a"]);
    });

    it("declares them anew while it is uncertain what is outside", async () => {
      let text = "first";
      const write = fn({ memo: true }, function write(_document: unknown) {
        declareTargetState(target.provider, "a", text);
      });
      const document = (): unknown => ({
        [memoKey]: () => "document",
        [memoState]: (previous: unknown): MemoState => ({ state: text, isValid: previous === text }),
      });
      const child = fn(function child() {
        write(document());
      });
      await update(() => mount(child));
      text = "second";
      target.onApply = () => {
        target.outside.set("a", "second");
        throw new Error("half done");
      };
      await update(() => mount(child));
      text = "first";
      target.onApply = undefined;
      await update(() => mount(child));
      expect([...target.outside]).to.deep.equal([["a", "first"]]);
    });

    it("declares them anew after their removal has failed", async () => {
      let isMade = true;
      const child = fn(function child() {
        if (isMade) declare("a");
      });
      await update(() => mount(child));
      isMade = false;
      target.onApply = () => {
        target.outside.delete("a");
        throw new Error("half done");
      };
      await update(() => mount(child));
      isMade = true;
      target.onApply = undefined;
      await update(() => mount(child));
      expect([...target.outside]).to.deep.equal([["a", "of a"]]);
    });
  });

  describe("with a memo state", () => {
    const document = (state: unknown, isValid: boolean | Promise<boolean>): unknown => ({
      [memoKey]: () => "document",
      [memoState]: (previous: unknown) => {
        asked.push(previous);
        return isValid instanceof Promise ? isValid.then((valid) => ({ state, isValid: valid })) : { state, isValid };
      },
    });
    let asked: unknown[] = [];
    beforeEach(() => void (asked = []));

    const read = fn({ memo: true }, function read(_document: unknown) {
      ran.push("read");
    });
    const readLate = fn({ memo: true }, async function readLate(_document: unknown) {
      ran.push("read");
    });

    it("is asked for it, and remembers the new one", async () => {
      await update(() => read(document(1, true)));
      await update(() => read(document(2, true)));
      await update(() => read(document(3, false)));
      await update(() => read(document(4, true)));
      expect(asked).to.deep.equal([undefined, 1, 2, undefined, 3]);
      expect(ran).to.have.length(2);
    });

    it("waits for it if it is asynchronous", async () => {
      await update(() => readLate(document(1, Promise.resolve(true))));
      await update(() =>
        Promise.all([readLate(document(2, Promise.resolve(true))), readLate(document(2, Promise.resolve(true)))]),
      );
      await update(() => readLate(document(3, Promise.resolve(false))));
      expect(ran).to.have.length(2);
    });

    it("runs each time where it cannot wait, whatever becomes of the state", async () => {
      const failing = (): unknown => document(1, Promise.reject(new Error("cannot look")));
      for (let round = 0; round < 2; round++) await update(() => read(failing()));
      await update(() => read(document(1, true)));
      await update(() => read(failing()));
      await new Promise(setImmediate);
      expect(ran).to.have.length(4);
    });

    it("keeps its target states when the state has changed and the memo holds", async () => {
      const declare = fn({ memo: true }, function declare(_document: unknown) {
        declareTargetState(target.provider, "a", "b");
      });
      for (const state of [1, 2, 3]) await update(() => declare(document(state, true)));
      expect([...target.outside.keys()]).to.deep.equal(["a"]);
    });
  });

  describe("cannot mount", () => {
    const child = fn(function child() {});
    const attempts: readonly (readonly [name: string, attempt: () => Promise<unknown>])[] = [
      ["mount", () => mount(child)],
      ["useMount", () => useMount(child)],
      ["mountEach", () => mountEach(child, [])],
      ["mountTarget", () => mountTarget({ path: ["test/none", "key"], value: 1 })],
    ];
    for (const [name, attempt] of attempts) {
      it(`anything: ${name} throws INSIDE_MEMOIZED_CALL, naming the call`, async () => {
        const inner = fn(async function inner() {
          await attempt();
        });
        const outer = fn({ memo: true }, async function outer() {
          await inner();
        });
        const error = await answersOf(() => failureOf(outer));
        expect(error.code).to.equal("INSIDE_MEMOIZED_CALL");
        expect(error.message).to.include("in a memoized call of `outer`");
        expect(error.facts["function"]).to.equal("outer");
      });
    }
  });
});
