import { expect } from "chai";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { walkDir, type File } from "../../../lib/connectors/localfs/index.ts";
import { declareTargetState, fn, mountEach } from "../../../lib/index.ts";
import { collect, plant } from "../../connectors/localfs/test-tree.ts";
import { countsByComponent } from "../../counts.ts";
import { createTempFolder } from "../../temp-folder.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";
import { useRecordingTarget } from "../targets/recording-target.ts";

describe("A component at whose file's path there is something else", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  const target = useRecordingTarget();
  let temp: Awaited<ReturnType<typeof createTempFolder>>;
  /** Called by a component before it reads its file. */
  let beforeReading: (path: string) => unknown;

  const pathOf = (name: string): string => join(temp.path, name);
  const files = () => walkDir(temp.path).items();
  const doc = fn({ memo: true }, async function doc(file: File) {
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

  for (const [what, replace] of Object.entries({
    "a folder above is replaced by a file": (path: string) => {
      rmSync(join(path, ".."), { recursive: true });
      writeFileSync(join(path, ".."), "a file");
    },
    "a folder takes its place": (path: string) => {
      rmSync(path);
      mkdirSync(path);
    },
  })) {
    for (const how of ["file.text", "readFile"] as const) {
      it(`has vanished when ${what}, for \`${how}\` (an error once)`, async () => {
        plant(temp.path, { "d/e": "e" });
        await app.update(() => mountEach(doc, files()));
        plant(temp.path, { "d/e": "changed" });
        beforeReading = (name) => {
          replace(pathOf(name));
          return how === "readFile" ? readFile(pathOf(name)) : undefined;
        };
        const listed = await collect(files());
        expect(await app.update(() => mountEach(doc, listed))).to.deep.equal({
          doc: { starts: 4, unchanged: 3, deletes: 1 },
        });
        expect(outside()).to.deep.equal(["a", "b", "c"]);
        expect(test.caught).to.deep.equal([]);
      });
    }
  }

  for (const [what, takeAway] of Object.entries({
    "is away": (source: string) => renameSync(source, `${source}.away`),
    "is replaced by a file": (source: string) => {
      rmSync(source, { recursive: true });
      writeFileSync(source, "a file");
    },
  })) {
    it(`fails when the folder that was walked ${what}: its outputs stay`, async () => {
      const source = pathOf("source");
      plant(source, { a: "a", b: "b" });
      const list = () => collect(walkDir(source).items());
      const items = await list();
      await app.update(() => mountEach(doc, items));
      plant(source, { a: "changed", b: "changed" });
      const changed = await list();
      let isGone = false;
      beforeReading = () => {
        if (!isGone) takeAway(source);
        isGone = true;
      };
      const handle = app.withMain(() => mountEach(doc, changed)).update();
      await handle;
      expect(countsByComponent(handle.stats())["doc"]).to.deep.equal({ starts: 2, errors: 2 });
      expect(outside()).to.deep.equal(["a", "b"]);
      expect(test.caught).to.have.lengthOf(2);
    });
  }
});
