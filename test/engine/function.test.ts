import { expect } from "chai";
import { runInNewContext } from "node:vm";
import { App, fn, mount, type FnOptions } from "../../lib/index.ts";
import { failureOf } from "../state/failure-of.ts";
import { createTestEnvironment } from "../test-environment.ts";
import { run } from "./logged-work.ts";

type Implementation = (...args: never[]) => unknown;

function add(this: unknown, one: number, other: number): number {
  return one + other;
}

async function addLater(this: unknown, one: number): Promise<number> {
  return one;
}

/** Functions whose source text is `[native code]`. */
const NATIVE: Readonly<Record<string, Implementation>> = {
  "a bound function": add.bind(null, 1),
  "a bound asynchronous function": addLater.bind(null, 1),
  "a native function": Math.max,
  "a native method": [].map,
  "a proxy of a function": new Proxy(add, {}),
  "a bound function that claims to have other source": Object.assign(add.bind(null, 1), { toString: () => "() => 1" }),
  "a function that WebAssembly or the engine provides": runInNewContext("Math.min") as Implementation,
};

/** A method whose source text begins as that of a class does. */
const METHODS: Readonly<Record<string, () => unknown>> = {
  class() {
    return 1;
  },
};

describe("fn", () => {
  for (const [kind, implementation] of Object.entries(NATIVE)) {
    it(`refuses ${kind}, whose code cannot be compared, without version or deps`, () => {
      for (const options of [{ name: "work" }, { name: "work", memo: true }, { name: "work", logicTracking: "self" }]) {
        expect(() => fn(options as FnOptions, implementation)).to.throw(
          TypeError,
          "Cannot make component function `work`: its code must be readable, got a bound or native function, of which neither a new " +
            "version nor bound values can be seen; call it in a function of your own, or give `fn` a `version` or `deps`",
        );
      }
    });

    it(`takes ${kind} with a version, with deps, and without logic tracking`, () => {
      for (const options of [{ version: 0 }, { deps: [1] }, { logicTracking: "none" }] as const) {
        expect(fn({ name: "work", ...options }, implementation)).to.be.a("function");
      }
    });
  }

  it("refuses a bound function that is mounted, or the main function of an app", async () => {
    await using test = await createTestEnvironment();
    const bound = add.bind(null, 1, 2);
    await run(test.environment, async () => {
      expect((await failureOf(mount(bound))).message).to.include("its code must be readable");
    });
    expect(() => new App("bound", bound)).to.throw(TypeError, "`bound add`: its code must be readable");
  });

  it("refuses a class that is no live component, and takes a method called `class`", () => {
    class Work {
      readonly a = 1;
    }
    const message = "it must be a function, got a class that is no live component";
    expect(() => fn({ version: 1 }, Work as never)).to.throw(TypeError, message);
    expect(() => fn({ name: "work" }, class extends Work {} as never)).to.throw(TypeError, message);
    expect(fn({ name: "work" }, METHODS["class"]!)()).to.equal(1);
  });

  for (const option of ["deps", "version"] as const) {
    it(`refuses \`${option}\` with \`logicTracking: "none"\`, which ignores it`, () => {
      for (const memo of [false, true]) {
        const options = { memo, logicTracking: "none", [option]: 1 } as const;
        expect(() => fn(options, function work() {})).to.throw(
          TypeError,
          `Cannot make component function \`work\`: \`${option}\` must be left out with \`logicTracking: "none"\`, which ignores it`,
        );
      }
      expect(fn({ logicTracking: "none", [option]: undefined } as never, function work() {})).to.be.a("function");
    });
  }

  it("names `deps` that cannot be compared", () => {
    expect(() => fn({ deps: { at: [Symbol("s")] } }, function work() {})).to.throw(
      TypeError,
      "Cannot memoize `work`: `deps` must be data that can be compared, got a symbol",
    );
  });

  it("tells functions apart that wrap others made by fn", async () => {
    await using test = await createTestEnvironment();
    const ran: string[] = [];
    const wrap = (inner: () => unknown) =>
      fn({ memo: true, name: "work", logicTracking: "self" }, fn({ name: "inner" }, inner));
    await run(test.environment, () => mount(wrap(() => ran.push("one"))));
    const counts = await run(test.environment, () => mount(wrap(() => ran.push("other"))));
    expect(counts["work"]).to.deep.equal({ starts: 1, reprocesses: 1 });
    expect(ran).to.deep.equal(["one", "other"]);
  });
});
