import { expect } from "chai";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stateOf } from "../../../lib/app/environment.ts";
import { ROOT_ID } from "../../../lib/engine/records/row.ts";
import { App, declareTargetState, fn, mount, mountEach, mountTarget, type TargetProvider } from "../../../lib/index.ts";
import { countsByComponent } from "../../counts.ts";
import { startChild } from "../../state/child-process.ts";
import { failureOf } from "../../state/failure-of.ts";
import { createTempFolder } from "../../temp-folder.ts";
import { createTestEnvironment } from "../../test-environment.ts";
import { defineRecordingContainer } from "../targets/recording-container.ts";
import { defineRecordingTarget } from "../targets/recording-target.ts";

describe("app.drop()", () => {
  const target = defineRecordingTarget();
  const box = defineRecordingContainer();
  const row = fn({ memo: true }, function row(key: string, provider: TargetProvider<string, string>) {
    declareTargetState(provider, key, key);
    declareTargetState(target.provider, key, key);
  });
  const main = fn(async function main() {
    const provider = await mountTarget(box.kind.at("box", "1"));
    await mountEach(
      row,
      ["a", "b"].map((key) => [key, key] as const),
      provider,
    );
    declareTargetState(target.provider, "of main", "1");
  });

  beforeEach(() => {
    target.outside.clear();
    target.onApply = undefined;
    box.log.length = 0;
    box.onApply = undefined;
  });

  it("removes everything that was declared, the containers last, and forgets the app", async () => {
    await using test = await createTestEnvironment();
    const app = new App({ name: "dropped", environment: test.environment }, main);
    await app.update();
    box.log.length = 0;
    const handle = app.drop();
    await handle;
    expect(box.log).to.deep.equal(["remove box/a", "remove box/b", "remove box"]);
    expect(target.outside.size).to.equal(0);
    expect(await test.environment.apps()).to.deep.equal([]);
    const again = app.update();
    await again;
    expect(countsByComponent(again.stats())["row"], "nothing is remembered").to.deep.equal({ starts: 2, adds: 2 });
  });

  it("drops an app with more memoized calls than a function can take arguments", async () => {
    await using test = await createTestEnvironment();
    const double = fn({ memo: true }, function double(n: number) {
      return n * 2;
    });
    const app = new App({ name: "calling", environment: test.environment }, () => double(1));
    await app.update();
    const rows = await stateOf(test.environment).createRows("calling");
    const call = { format: 2, dependencies: "", states: [], value: [2], declared: [], isAsync: false } as const;
    const calls = Array.from({ length: 130_000 }, (_, n) => {
      return rows.putCall(ROOT_ID, { ...call, fingerprint: Buffer.from(`call ${n}`) });
    });
    await rows.write(calls);
    await app.drop();
    expect(await test.environment.apps()).to.deep.equal([]);
    expect([...rows.removeAll()]).to.deep.equal([]);
  });

  it("leaves other apps alone, also those with the same components and targets of their own", async () => {
    await using test = await createTestEnvironment();
    const create = (name: string) =>
      new App({ name, environment: test.environment }, function root() {
        return mount(fn({ name: "own", memo: true }, () => declareTargetState(target.provider, name, "1")));
      });
    const [one, other] = [create("one"), create("other")];
    await one.update();
    await other.update();
    await one.drop();
    expect([...target.outside.keys()]).to.deep.equal(["other"]);
    expect(await test.environment.apps()).to.deep.equal(["other"]);
    const handle = other.update();
    await handle;
    expect(countsByComponent(handle.stats())["own"]).to.deep.equal({ starts: 1, unchanged: 1 });
  });

  it("does nothing for an app that was never updated, and nothing more the second time", async () => {
    await using test = await createTestEnvironment();
    const app = new App({ name: "dropped", environment: test.environment }, main);
    await app.drop();
    await app.update();
    await app.drop();
    const handle = app.drop();
    await handle;
    expect(countsByComponent(handle.stats())).to.deep.equal({});
    expect(await test.environment.apps()).to.deep.equal([]);
  });

  it("that could not remove everything says so, and can be repeated", async () => {
    await using test = await createTestEnvironment();
    const app = new App({ name: "dropped", environment: test.environment }, main);
    await app.update();
    target.onApply = (actions) => {
      if (actions.some(({ key }) => key === "b")) throw new Error("cannot remove");
    };
    const error = await failureOf(app.drop().result());
    expect(error.code).to.equal("DROP_INCOMPLETE");
    expect((error.cause as Error).message).to.equal("cannot remove");
    expect(target.outside.has("b")).to.equal(true);
    expect(await test.environment.apps()).to.deep.equal(["dropped"]);
    target.onApply = undefined;
    await app.drop();
    expect(target.outside.size).to.equal(0);
    expect(box.outside.size).to.equal(0);
    expect(await test.environment.apps()).to.deep.equal([]);
  });

  it("after one that failed half-way, an update puts everything back", async () => {
    await using test = await createTestEnvironment();
    const app = new App({ name: "dropped", environment: test.environment }, main);
    await app.update();
    target.onApply = () => {
      throw new Error("cannot remove");
    };
    await failureOf(app.drop().result());
    target.onApply = undefined;
    await app.update();
    expect([...target.outside.keys()]).to.have.members(["a", "b", "of main"]);
    expect([...box.outside.keys()]).to.have.members(["box", "box/a", "box/b"]);
  });

  it("removes the content of containers that this process has never mounted", async () => {
    await using folder = await createTempFolder();
    const modulePath = join(folder.path, "boxes.mjs");
    await writeFile(modulePath, BOXES);
    const dbPath = join(folder.path, "db");
    await using child = startChild(new URL("../module-process.ts", import.meta.url), [modulePath, dbPath, "boxes"]);
    await once(child.process, "close");
    expect(child.errors()).to.equal("");
    const elsewhere = defineRecordingContainer({ name: "test/boxes", nested: true });
    await using test = await createTestEnvironment({ dbPath });
    await new App({ name: "edited", environment: test.environment }, main).drop();
    expect(elsewhere.log).to.deep.equal([
      "remove outer/inner/a",
      "remove outer/inner/b",
      "remove outer/inner",
      "remove outer",
    ]);
  });
});

const BOXES = `
import { containerAt, declareTargetState, defineContainer, fn, mountEach, mountTarget } from ${JSON.stringify(new URL("../../../lib/index.ts", import.meta.url).href)};
const rows = { reconcile: ({ desired }) => ({ action: 1, tracking: desired }), apply: () => {} };
const container = (child) => ({ ...rows, apply: (actions) => actions.map(() => "kept"), child: () => child });
const boxes = defineContainer("test/boxes", container(container(rows)));
const row = fn(function row(key, provider) { declareTargetState(provider, key, key); });
export const ran = [];
export const main = fn(async function main() {
  const outer = await mountTarget(boxes.at("outer", "1"));
  const inner = await mountTarget(containerAt(outer, "inner", "1"));
  await mountEach(row, [["a", "a"], ["b", "b"]], inner);
});
`;
