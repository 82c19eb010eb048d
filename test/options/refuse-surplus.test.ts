import { expect } from "chai";
import { join } from "node:path";
import { mountDirTarget, walkDir } from "../../lib/connectors/localfs/index.ts";
import { mountTableTarget } from "../../lib/connectors/sqlite/index.ts";
import { App, exceptionHandler, fn, LiveMap, map, showProgress, statsGroup } from "../../lib/index.ts";
import { refuseSurplus } from "../../lib/options/refuse-surplus.ts";
import { createTempFolder } from "../temp-folder.ts";
import { createTestEnvironment } from "../test-environment.ts";
import { inComponent } from "./door-calls.ts";

type Loose = (...given: readonly unknown[]) => unknown;

/** The error with which `act` fails, as text; the code of a component if `isInside`. */
async function refusalOf(act: () => unknown, isInside: boolean): Promise<string> {
  const run = async (): Promise<unknown> => act();
  const outcome = isInside ? inComponent(run) : run();
  return outcome.then(() => "accepted", String);
}

describe("refuseSurplus", () => {
  it("lets other values pass: callbacks are called with more than they take", () => {
    expect(() => refuseSurplus("act", [1, "a", [], undefined, null, new Map(), () => {}])).to.not.throw();
    expect(() => refuseSurplus("act", [1, { mode: 3 }])).to.throw(
      TypeError,
      "Cannot act: there are no options for it, got an object with `mode`",
    );
  });

  const SURPLUS: readonly [name: string, act: (folder: string) => unknown][] = [
    ["mountDirTarget beyond its own", (folder) => (mountDirTarget as Loose)(join(folder, "out"), {}, { clean: true })],
    [
      "declareFile",
      async (folder) => ((await mountDirTarget(join(folder, "out"))).declareFile as Loose)("a", "b", { mode: 3 }),
    ],
    [
      "declareRow",
      async (folder) => {
        const columns = { a: "text" } as const;
        const table = await mountTableTarget(join(folder, "a.db"), { table: "t", columns, primaryKey: "a" });
        (table.declareRow as Loose)({ a: "b" }, { replace: true });
      },
    ],
    ["items", () => (walkDir("x").items as Loose)({ exclude: "a" })],
    ["items of a live walk", () => (walkDir("x", { live: true }).items as Loose)({ exclude: "a" })],
  ];
  for (const [name, act] of SURPLUS) {
    it(`refuses options of ${name}, of which there are none`, async () => {
      await using folder = await createTempFolder();
      expect(await refusalOf(() => act(folder.path), true)).to.match(
        /^TypeError: Cannot .*: there are no options for it/,
      );
    });
  }

  it("refuses options of an update's end and of records, which have none", async () => {
    await using test = await createTestEnvironment();
    const { environment } = test;
    const handle = new App(
      { name: "app", environment },
      fn({ name: "main" }, () => {}),
    ).update();
    const isRefused = /^TypeError: Cannot .*: there are no options for it/;
    expect(
      await refusalOf(() => Reflect.apply(Reflect.get(handle, "stop"), handle, [{ force: true }]), false),
    ).to.match(isRefused);
    for (const method of ["updates", "components"] as const) {
      expect(
        await refusalOf(() => Reflect.apply(environment[method], environment, ["app", { limit: 3 }]), false),
      ).to.match(isRefused);
    }
    await handle;
  });
});

describe("arguments in another order, or of another kind", () => {
  const body = async (): Promise<void> => {};
  for (const [name, act, message] of [
    [
      "fn(f, options)",
      () => (fn as Loose)(body, { memo: true }),
      /the options come first, as in `fn\(\{ memo: true \}, f\)`/,
    ],
    [
      "statsGroup(title, body, options)",
      () => (statsGroup as Loose)("x", body, {}),
      /the options come before the body/,
    ],
    ["map(f, 5)", () => (map as Loose)(body, 5), /the items must be an iterable or async iterable, got 5/],
    ["exceptionHandler(h)", () => (exceptionHandler as Loose)(body), /its body must be a function, got undefined/],
    ["showProgress({})", () => (showProgress as Loose)({}), /must be the handle of an update, got/],
    ["showProgress(promise)", () => (showProgress as Loose)(Promise.reject(new Error("later"))), /; await it first$/],
    ["new LiveMap({})", () => new LiveMap({ a: 1 } as never), /the entries must be an iterable of \[key, value\], got/],
    ["new LiveMap(null)", () => new LiveMap(null as never), /the entries must be an iterable/],
  ] as const) {
    it(`refuses ${name} with a clear error`, async () => {
      expect(await refusalOf(act, true))
        .to.match(/^TypeError: Cannot /)
        .and.to.match(message);
    });
  }
});
