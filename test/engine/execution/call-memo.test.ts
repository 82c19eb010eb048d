import { expect } from "chai";
import { App, fn, mount, mountEach, mountTarget, useMount } from "../../../lib/index.ts";
import { failureOf } from "../../state/failure-of.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";

describe("A memoized call", () => {
  const test = useTestEnvironment();
  let ran: unknown[];
  const sync = fn({ memo: true }, function sync(value: unknown) {
    ran.push(value);
    return value;
  });
  const slow = fn({ memo: true }, async function slow(value: unknown) {
    ran.push(value);
    await new Promise(setImmediate);
    return value;
  });

  beforeEach(() => {
    ran = [];
  });

  const update = (body: () => unknown): Promise<unknown> => createCountingApp(test).update(body);
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

  it("restores the data of its result", async () => {
    const value = { map: new Map([[1n, new Date(5)]]), bytes: Uint8Array.of(1), nothing: undefined };
    expect(await answersOf(() => [sync(value)])).to.deep.equal([value]);
    expect(await answersOf(() => [sync(value)])).to.deep.equal([value]);
    expect(ran).to.have.length(1);
  });

  it("is remembered as it was answered, also when the caller changes the answer", async () => {
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

  for (const round of ["an execution", "a hit"]) {
    it(`gives each caller an answer of its own: ${round}`, async () => {
      const empty: string[] = [];
      const list = fn({ memo: true }, function list(_key: string) {
        return empty;
      });
      const listLate = fn({ memo: true }, async function listLate(_key: string) {
        return { items: empty };
      });
      const body = async (): Promise<unknown> => {
        const answers = [list("a"), list("a"), list("b"), list("a")];
        answers.forEach((answer, index) => answer.push(`${index}`));
        const late = await Promise.all([listLate("a"), listLate("a"), listLate("b")]);
        late.forEach(({ items }, index) => items.push(`${index}`));
        return [answers, late.map(({ items }) => items), list("a"), (await listLate("a")).items, empty];
      };
      if (round === "a hit") await answersOf(body);
      expect(await answersOf(body)).to.deep.equal([[["0"], ["1"], ["2"], ["3"]], [["0"], ["1"], ["2"]], [], [], []]);
    });
  }

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
    const attempt = async (call: () => unknown): Promise<string> => {
      try {
        await call();
        return "answered";
      } catch {
        return "failed";
      }
    };
    const body = async (): Promise<string[]> => {
      const outcomes: string[] = [];
      for (const call of [failing, failing, failingLate, failingLate]) outcomes.push(await attempt(call));
      return outcomes;
    };
    expect(await answersOf(body)).to.deep.equal(["failed", "failed", "failed", "answered"]);
    expect(await answersOf(body)).to.deep.equal(["answered", "answered", "answered", "answered"]);
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
    const app = createCountingApp(test);
    for (const fullReprocess of [false, true, false]) await app.update(() => sync("a"), { fullReprocess });
    expect(ran).to.deep.equal(["a", "a"]);
  });

  it("has an answer that can be stored, or a clear error", async () => {
    const broken = fn({ memo: true }, function broken() {
      return () => 1;
    });
    const brokenLate = fn({ memo: true }, async function brokenLate() {
      return new Connection();
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

class Connection {
  readonly #port = 1;

  get port(): number {
    return this.#port;
  }
}
