import { expect } from "chai";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stateOf } from "../../../lib/app/environment.ts";
import { ROOT_ID, type MemoRow } from "../../../lib/engine/records/row.ts";
import { App } from "../../../lib/index.ts";
import { LmdbStore } from "../../../lib/state/lmdb-store.ts";
import { countsByComponent } from "../../counts.ts";
import { createTempFolder } from "../../temp-folder.ts";
import { createTestEnvironment, type TestEnvironment } from "../../test-environment.ts";
import { asked, data, pipeline, ran } from "./format-one-app.ts";

const NAME = "format one";

/** The entries of the store that Tidemark 0.1 has written in the first run of `pipeline(["one", "two"])`. */
const ENTRIES = JSON.parse(
  readFileSync(new URL("format-one-store.json", import.meta.url), "utf8"),
) as readonly (readonly [key: string, value: string])[];

const STATES = ["x", "b", "a", "one", "shared", "two", "shared", "z", "y"].map((name) => `${name}: state of ${name}`);

const UNCHANGED = { starts: 1, unchanged: 1 };

describe("A store of Tidemark 0.1", () => {
  let folder: Awaited<ReturnType<typeof createTempFolder>>;

  beforeEach(async () => {
    ran.length = 0;
    asked.length = 0;
    folder = await createTempFolder();
    const path = join(folder.path, "db");
    await using store = await LmdbStore.open(path);
    await store.write(
      ENTRIES.map(([key, value]) => ({ key: Buffer.from(key, "hex"), value: Buffer.from(value, "hex") })),
    );
    await writeFile(join(path, "FORMAT"), "tidemark-store 1\n");
  });

  afterEach(() => folder[Symbol.asyncDispose]());

  const open = async (): Promise<TestEnvironment> => {
    const test = await createTestEnvironment({ dbPath: join(folder.path, "db") });
    stateOf(test.environment).storeLog = () => {};
    return test;
  };

  it("executes nothing that is unchanged, and asks each argument with its own state", async () => {
    await using test = await open();
    const { counts, value } = await update(test);
    expect(ran).to.deep.equal([]);
    expect(asked).to.deep.equal(STATES);
    expect(value).to.deep.equal([new Map([["value", [1]]]), [["called"], ["later"]]]);
    const { caller, item, ...others } = counts;
    expect([caller, item]).to.deep.equal([
      { starts: 1, reprocesses: 1 },
      { starts: 2, unchanged: 2 },
    ]);
    expect(others).to.deep.include({ plain: UNCHANGED, versioned: UNCHANGED, untracked: UNCHANGED, docs: UNCHANGED });
    expect(others["used"]).to.deep.equal(UNCHANGED);
  });

  it("gets the present form of each memo at its hit", async () => {
    await using test = await open();
    await update(test);
    const formats = (await storedMemos(test)).map(({ dependencies, format }) => [format, dependencies] as const);
    expect(formats).to.have.length(7);
    expect(new Set(formats.map(([format]) => format))).to.deep.equal(new Set([2]));
    const old = ENTRIES.map(([, value]) => Buffer.from(value, "hex").toString("latin1")).join();
    const ids = new Set(formats.flatMap(([, dependencies]) => dependencies.split(",")));
    ids.delete("");
    // That of a function with a version is the same in both.
    expect([...ids].filter((id) => old.includes(id))).to.have.length(1);
  });

  it("is unchanged in the next runs, too", async () => {
    for (let round = 0; round < 2; round++) {
      await using test = await open();
      await update(test);
      asked.length = 0;
    }
    await using test = await open();
    await update(test);
    expect([ran, asked]).to.deep.equal([[], STATES]);
  });

  it("executes what has other arguments now, also where 0.1 would not have seen it", async () => {
    await using test = await open();
    await update(test);
    const given = data();
    given.z = new Map([...given.z].toReversed());
    await update(test, given);
    const all = ["plain", "versioned", "untracked", "docs", "item", "item", "called", "calledLater"];
    expect(ran).to.deep.equal(all);
  });

  it("executes what has arguments that 0.1 would have seen as others", async () => {
    await using test = await open();
    await update(test, { ...data(), z: new Map() });
    expect(ran).to.have.length(8);
  });
});

async function update(test: TestEnvironment, given?: unknown) {
  const app = new App({ name: NAME, environment: test.environment }, async function main() {
    return { value: await pipeline(["one", "two"], given) };
  });
  const handle = app.update();
  const { value } = await handle;
  return { value, counts: countsByComponent(handle.stats()) };
}

async function storedMemos(test: TestEnvironment): Promise<MemoRow[]> {
  const rows = await stateOf(test.environment).createRows(NAME);
  const children = [...rows.children(ROOT_ID)].map(({ row }) => row);
  const caller = children.find(({ name }) => name === "caller")!;
  expect(rows.hasFormatOneCalls(caller.id)).to.equal(false);
  return children.flatMap(({ memo }) => (memo === null ? [] : [memo]));
}
