import { expect } from "chai";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { walkDir, type File } from "../../../lib/connectors/localfs/index.ts";
import {
  declareTargetState,
  exceptionHandler,
  fn,
  mount,
  mountEach,
  statsGroup,
  useMount,
  type StatsGroupHandle,
} from "../../../lib/index.ts";
import { collect, findFile, plant } from "../../connectors/localfs/test-tree.ts";
import { createMetricHost } from "../../app/metric-host.ts";
import { countsByComponent } from "../../counts.ts";
import { failureOf } from "../../state/failure-of.ts";
import { createTempFolder } from "../../temp-folder.ts";
import { createTestEnvironment, useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";
import { useRecordingTarget } from "../targets/recording-target.ts";

describe("A component whose own file vanishes while it runs", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  const target = useRecordingTarget();
  let temp: Awaited<ReturnType<typeof createTempFolder>>;
  /** Called by a component before it reads its file. */
  let beforeReading: (path: string) => unknown;

  const pathOf = (name: string): string => join(temp.path, name);
  const remove = (name: string): void => rmSync(pathOf(name));
  const find = (name: string): Promise<File> => findFile(temp.path, name);
  const files = () => walkDir(temp.path).items();
  const doc = fn({ memo: true }, async function doc(file: File, ..._others: unknown[]) {
    await beforeReading(file.path);
    declareTargetState(target.provider, file.path, await file.text());
  });
  const outside = (): string[] => [...target.outside.keys()].map(String).toSorted();

  beforeEach(async () => {
    temp = await createTempFolder();
    plant(temp.path, { a: "a", b: "b", c: "c" });
    beforeReading = () => {};
  });

  afterEach(() => temp[Symbol.asyncDispose]());

  it("counts nothing without a record, calls no handler and is no failure", async () => {
    plant(temp.path, Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`temporary ${index}`, "x"])));
    beforeReading = (name) => name.startsWith("temporary") && remove(name);
    const handle = app.withMain(async () => (await mountEach(doc, files())).ready()).update();
    await handle;
    expect(countsByComponent(handle.stats())).to.deep.include({ doc: { starts: 3, adds: 3 } });
    expect(handle.stats()?.total.numInProgress).to.equal(0);
    expect(handle.failures()).to.deep.equal([]);
    expect(test.caught).to.deep.equal([]);
    expect(await app.update(() => mountEach(doc, files()))).to.deep.equal({ doc: { starts: 3, unchanged: 3 } });
  });

  it("counts a delete with a record, and its target states are removed; its siblings stay memo hits", async () => {
    await app.update(() => mountEach(doc, files()));
    plant(temp.path, { b: "changed" });
    beforeReading = remove;
    expect(await app.update(() => mountEach(doc, files()))).to.deep.equal({
      doc: { starts: 3, unchanged: 2, deletes: 1 },
    });
    expect(outside()).to.deep.equal(["a", "c"]);
    expect(await app.update(() => mountEach(doc, files()))).to.deep.equal({ doc: { starts: 2, unchanged: 2 } });
    plant(temp.path, { b: "back" });
    beforeReading = () => {};
    expect(await app.update(() => mountEach(doc, files()))).to.deep.equal({
      doc: { starts: 3, unchanged: 2, adds: 1 },
    });
    expect(test.caught).to.deep.equal([]);
  });

  for (const kind of ["mountEach", "mount"] as const) {
    it(`is deleted in the group around its \`${kind}\``, async () => {
      let group: StatsGroupHandle | undefined;
      const mountAll = async (): Promise<void> => {
        if (kind === "mountEach") await mountEach(doc, files());
        else for await (const [path, file] of files()) await mount(path, doc, file);
      };
      const run = () =>
        app.update(() =>
          statsGroup("Docs", async (handle) => {
            group = handle;
            await mountAll();
          }),
        );
      await run();
      plant(temp.path, { b: "changed" });
      beforeReading = remove;
      expect(await run()).to.deep.equal({});
      expect(countsByComponent(group!.stats())).to.deep.equal({ doc: { starts: 3, unchanged: 2, deletes: 1 } });
      expect((await collect(group!.watch())).at(-1)).to.deep.include({ status: "ready", final: true });
      expect(outside()).to.deep.equal(["a", "c"]);
    });
  }

  it("is deleted where the file, or a record with it, is an argument of `mount`", async () => {
    const record = fn(async function record(_options: object, { file }: { readonly file: File }) {
      await doc(file);
    });
    const run = async (): Promise<unknown> => {
      const [a, b] = await Promise.all([find("a"), find("b")]);
      return app.update(async () => {
        await mount("a", doc, a, {}, "text");
        await mount("b", record, {}, { file: b });
      });
    };
    await run();
    plant(temp.path, { a: "changed", b: "changed" });
    const gone: string[] = [];
    beforeReading = (name) => gone.push(name) && remove(name);
    expect(await run()).to.deep.equal({ doc: { starts: 1, deletes: 1 }, record: { starts: 1, deletes: 1 } });
    expect(gone.toSorted()).to.deep.equal(["a", "b"]);
    expect(target.outside.size).to.equal(0);
    expect(test.caught).to.deep.equal([]);
  });

  it("is known by any cause of its error, also of code that reads the file itself", async () => {
    const reads: Record<string, (path: string) => unknown> = {
      a: (path) => readFile(path),
      b: (path) => readFileSync(path),
      c: (path) =>
        readFile(join(path, "..", "c")).catch((cause: unknown) => {
          throw new Error("outer", { cause: new TypeError("inner", { cause }) });
        }),
    };
    beforeReading = (name) => {
      remove(name);
      return reads[name]!(pathOf(name));
    };
    expect(await app.update(() => mountEach(doc, files()))).to.deep.equal({});
    expect(test.caught).to.deep.equal([]);
  });

  it("is exported as a cancellation of its start, and a delete with a record", async () => {
    await using host = createMetricHost();
    await using other = await createTestEnvironment({ meterProvider: host.provider });
    const measured = createCountingApp(other);
    await measured.update(() => mountEach(doc, files()));
    plant(temp.path, { a: "changed", d: "d" });
    beforeReading = remove;
    await measured.update(() => mountEach(doc, files()));
    const points = (await host.collect()).filter(({ attributes }) => attributes["component"] === "doc");
    const valueOf = (name: string): number | undefined =>
      points.find((point) => point.name === `tidemark.component.${name}`)?.value;
    const names = ["execution.starts", "adds", "unchanged", "deletes", "errors", "cancellations"];
    expect(names.map((name) => valueOf(name) ?? 0)).to.deep.equal([8, 3, 2, 1, 0, 2]);
  });

  it("takes what it has mounted with it, and counts only that without a record", async () => {
    const line = fn(function line(key: string) {
      declareTargetState(target.provider, key, key);
    });
    const page = fn(async function page(file: File) {
      await mount("line", line, `line of ${file.path}`);
      await doc(file);
    });
    beforeReading = (name) => name === "b" && remove(name);
    expect(await app.update(() => mountEach(page, files()))).to.deep.equal({
      page: { starts: 2, adds: 2 },
      line: { starts: 4, adds: 3, deletes: 1 },
    });
    expect(outside()).to.deep.equal(["a", "c", "line of a", "line of c"]);
    plant(temp.path, { a: "changed", c: "changed" });
    beforeReading = remove;
    expect(await app.update(() => mountEach(page, files()))).to.deep.equal({
      page: { starts: 2, deletes: 2 },
      line: { starts: 4, reprocesses: 2, deletes: 2 },
    });
    expect(outside()).to.deep.equal([]);
  });

  it("hands the failure to the caller of `useMount`, and is no failure itself", async () => {
    beforeReading = remove;
    let error: unknown;
    const counts = await app.update(async () => {
      error = await failureOf(useMount("a", doc, await find("a")));
    });
    expect(error).to.include({ code: "FILE_READ_FAILED" });
    expect(counts).to.deep.equal({});
  });

  it("leaves no memo of a parent that has the same file as an argument (else it stayed away when the file was back)", async () => {
    const page = fn({ memo: true }, async function page(file: File) {
      await mount("doc", doc, file);
    });
    const content = readFileSync(pathOf("a"));
    const file = await find("a");
    beforeReading = remove;
    await app.update(() => mount(page, file));
    writeFileSync(pathOf("a"), content);
    beforeReading = () => {};
    expect(await app.update(() => mount(page, file))).to.deep.equal({
      page: { starts: 1, reprocesses: 1 },
      doc: { starts: 1, adds: 1 },
    });
  });

  it("is kept while the listing that it was in has failed", async () => {
    await app.update(() => mountEach(doc, files()));
    plant(temp.path, { a: "changed" });
    beforeReading = remove;
    async function* brokenOff() {
      yield* files();
      throw new Error("broke off");
    }
    await app.update(() => mountEach(doc, brokenOff()).catch(() => {}));
    expect(outside()).to.deep.equal(["a", "b", "c"]);
    expect(await app.update(() => mountEach(doc, files()))).to.deep.equal({
      doc: { starts: 3, unchanged: 2, deletes: 1 },
    });
  });

  it("is an error of its deletion when that fails, for the handler around its mount", async () => {
    await app.update(() => mountEach(doc, files()));
    plant(temp.path, { a: "changed" });
    beforeReading = remove;
    target.onApply = () => {
      throw new Error("locked");
    };
    const kinds: string[] = [];
    const counts = await app.update(() =>
      exceptionHandler(
        (_error, { mountKind }) => void kinds.push(mountKind),
        () => mountEach(doc, files()),
      ),
    );
    expect(counts).to.deep.equal({ doc: { starts: 3, unchanged: 2, errors: 1 } });
    expect(kinds).to.deep.equal(["delete"]);
  });

  describe("but it stays a failure", () => {
    const failing = async (body: () => unknown): Promise<void> => {
      expect(await app.update(body)).to.deep.equal({ doc: { starts: 1, errors: 1 } });
      expect(test.caught).to.have.lengthOf(1);
    };

    it("when another file is missing", async () => {
      beforeReading = () => readFile(pathOf("missing"));
      await failing(async () => mountEach(doc, [["a", await find("a")]]));
    });

    it("when the path exists again", async () => {
      beforeReading = async (name) => {
        remove(name);
        try {
          readFileSync(pathOf(name));
        } finally {
          plant(temp.path, { [name]: "again" });
        }
      };
      await failing(async () => mountEach(doc, [["a", await find("a")]]));
    });

    it("when the error only says that something else about the file is wrong", async () => {
      beforeReading = (name) => {
        remove(name);
        throw Object.assign(new Error("denied"), { code: "EACCES", path: pathOf(name) });
      };
      await failing(async () => mountEach(doc, [["a", await find("a")]]));
    });

    it("when the file is one that all items of a `mountEach` share", async () => {
      beforeReading = () => {
        remove("b");
        readFileSync(pathOf("b"));
      };
      const [a, b] = await Promise.all([find("a"), find("b")]);
      await failing(() => mountEach(doc, [["a", a]], b));
    });

    it("when a component has several files", async () => {
      beforeReading = remove;
      const [a, b] = await Promise.all([find("a"), find("b")]);
      await failing(() => mount(doc, a, b));
    });
  });
});
