import { expect } from "chai";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fn, LiveMap, mount, mountEach, type TidemarkError } from "../../../lib/index.ts";
import { mountDirTarget, type DirTarget } from "../../../lib/connectors/localfs/index.ts";
import { overlappingFolders } from "../../../lib/connectors/localfs/overlapping-folders.ts";
import { LiveWatch } from "../../engine/live/live-watch.ts";
import { dropAlone, inProcess, updateAlone, type AppOutcome } from "../../engine/targets/process-apps.ts";
import { createTempFolder } from "../../temp-folder.ts";
import { contentOf } from "./recorded-folder.ts";

describe("A folder of several owners", () => {
  let temp: Awaited<ReturnType<typeof createTempFolder>> | undefined;
  let root = "";
  let db = "";

  beforeEach(async () => {
    temp = await createTempFolder();
    root = join(temp.path, "root");
    db = join(temp.path, "db");
  });
  afterEach(async () => {
    await temp?.[Symbol.asyncDispose]();
  });

  const at = (...names: string[]): string => join(root, ...names);
  const content = (): Record<string, string> => (existsSync(root) ? contentOf(root) : {});
  const files = (): string[] => Object.keys(content()).filter((path) => !path.endsWith("/"));

  const one = fn({ memo: true }, function one(out: DirTarget, path: string, text: string) {
    out.declareFile(path, text);
  });
  const other = fn({ memo: true }, function other(out: DirTarget, path: string, text: string) {
    out.declareFile(path, text);
  });
  type Writer = typeof one;
  /** Mounts a folder, and a component that declares a file in it. */
  const write =
    (folder: string, writer: Writer, path: string, text = "1") =>
    async (): Promise<void> => {
      await mount(writer, await mountDirTarget(at(folder)), path, text);
    };
  const expectNoFailure = ({ caught }: AppOutcome): void => void expect(caught).to.deep.equal([]);

  describe("that overlap", () => {
    for (const [from, to] of [
      [
        ["docs", "a.html"],
        [".", "docs/a.html"],
      ],
      [
        [".", "docs/a.html"],
        ["docs", "a.html"],
      ],
      [
        ["docs/deep", "x/a.html"],
        ["docs", "deep/x/a.html"],
      ],
    ] as const) {
      it(`hand a file over between ${from.join("/")} and ${to.join("/")} in a rename of the component, and back`, async () => {
        const path = at(...from);
        expectNoFailure(await updateAlone(db, "app", write(from[0], one, from[1])));
        const { ino } = statSync(path);
        for (let round = 0; round < 2; round++) {
          expectNoFailure(await updateAlone(db, "app", write(to[0], other, to[1])));
          expect(readFileSync(path, "utf8")).to.equal("1");
          expect((await updateAlone(db, "app", write(to[0], other, to[1]))).counts["other"]).to.deep.equal({
            starts: 1,
            unchanged: 1,
          });
          expectNoFailure(await updateAlone(db, "app", write(from[0], one, from[1])));
          expect(readFileSync(path, "utf8")).to.equal("1");
        }
        expect(statSync(path).ino, "it was never written again").to.equal(ino);
        await updateAlone(db, "app", () => {});
        expect(files()).to.deep.equal([]);
      });
    }

    it("hand a file over within one component", async () => {
      const mover = fn(async function mover(folder: string, path: string) {
        (await mountDirTarget(at(folder))).declareFile(path, "1");
      });
      await updateAlone(db, "app", () => mount(mover, "docs", "a.html"));
      const { ino } = statSync(at("docs/a.html"));
      expectNoFailure(await updateAlone(db, "app", () => mount(mover, ".", "docs/a.html")));
      expect(statSync(at("docs/a.html")).ino).to.equal(ino);
      expectNoFailure(await updateAlone(db, "app", () => mount(mover, "docs", "a.html")));
      await updateAlone(db, "app", () => {});
      expect(files()).to.deep.equal([]);
    });

    it("refuse one file under two names, by two components and by one", async () => {
      const both = async (): Promise<void> => {
        await write("docs", one, "a.html")();
        await write(".", other, "docs/a.html", "2")();
      };
      for (let round = 0; round < 2; round++) {
        const { caught } = await updateAlone(db, "app", both);
        expect(caught.map(({ error }) => (error as TidemarkError).code)).to.deep.equal(["TARGET_CONFLICT"]);
        expect((caught[0]!.error as Error).message).to.match(
          /`one` at \/@one declares it as well; give each its own key$/,
        );
        expect(readFileSync(at("docs/a.html"), "utf8")).to.equal("1");
      }
      const twice = fn(async function twice() {
        (await mountDirTarget(at("docs"))).declareFile("b.html", "1");
        (await mountDirTarget(at("."))).declareFile("docs/b.html", "2");
      });
      const { caught } = await updateAlone(db, "twice", () => mount(twice));
      expect(caught.map(({ error }) => (error as TidemarkError).code)).to.deep.equal(["TARGET_CONFLICT"]);
    });

    it("are refused between two apps of a process, and go from a renamed app to its new name", async () => {
      await inProcess(db, { a: write("docs", one, "a.html"), b: write(".", other, "docs/a.html") }, async (run) => {
        await run.update("a");
        expect((await run.update("b")).caught[0]!.error).to.include({ code: "TARGET_CONFLICT" });
      });
      expectNoFailure(await updateAlone(db, "b", write(".", other, "docs/a.html")));
      await dropAlone(db, "a");
      expect(files()).to.deep.equal(["docs/a.html"]);
      await dropAlone(db, "b");
      expect(content()).to.deep.equal({});
    });
  });

  it("keeps the files of each app of a monorepo, and stays until the last is gone", async () => {
    await inProcess(db, { a: write("site", one, "a.html"), b: write("site", one, "b.html") }, async (run) => {
      expectNoFailure(await run.update("a"));
      expectNoFailure(await run.update("b"));
      await run.drop("a");
      expect(content()).to.deep.equal({ "site/": "", "site/b.html": "1" });
      await run.update("a");
      await run.drop("b");
      expect(content()).to.deep.equal({ "site/": "", "site/a.html": "1" });
      await run.drop("a");
      expect(content()).to.deep.equal({});
    });
  });

  describe("in which a file and a folder take each other's place", () => {
    const forms: readonly (readonly [string, (path: string) => () => Promise<void>])[] = [
      ["in one folder", (path) => write(".", path === "docs" ? one : other, path, path)],
      [
        "in a folder mounted inside",
        (path) => (path === "docs" ? write(".", one, "docs", path) : write("docs", other, path.slice(5), path)),
      ],
    ];
    for (const [form, declare] of forms) {
      for (const [from, to] of [
        ["docs", "docs/a"],
        ["docs/a", "docs"],
        ["docs", "docs/b/c/d"],
        ["docs/b/c/d", "docs"],
      ] as const) {
        it(`${form}: ${to} takes the place of ${from}, whose component is gone`, async () => {
          expectNoFailure(await updateAlone(db, "app", declare(from)));
          expectNoFailure(await updateAlone(db, "app", declare(to)));
          expect(files()).to.deep.equal([to]);
          expect(readFileSync(at(to), "utf8")).to.equal(to);
          await updateAlone(db, "app", () => {});
          expect(content()).to.deep.equal({});
        });

        for (const order of ["before", "after"] as const) {
          it(`${form}: ${to} takes the place of ${from}, whose component stays and is run ${order} it`, async () => {
            const leaver = fn(async function leaver(path: string | undefined) {
              if (path === undefined) return;
              const inner = form === "in one folder" || path === "docs" ? "." : "docs";
              const out = await mountDirTarget(at(inner));
              out.declareFile(inner === "." ? path : path.slice(5), path);
            });
            const taker = fn(async function taker(path: string) {
              const inner = form === "in one folder" || path === "docs" ? "." : "docs";
              const out = await mountDirTarget(at(inner));
              out.declareFile(inner === "." ? path : path.slice(5), path);
            });
            const both = (hasMoved: boolean) => async (): Promise<void> => {
              const leave = async (): Promise<void> => (await mount(leaver, hasMoved ? undefined : from)).ready();
              if (order === "before") await leave();
              if (hasMoved) await (await mount(taker, to)).ready();
              if (order === "after") await leave();
            };
            expectNoFailure(await updateAlone(db, "app", both(false)));
            expectNoFailure(await updateAlone(db, "app", both(true)));
            expect(files()).to.deep.equal([to]);
            await updateAlone(db, "app", () => {});
            expect(content()).to.deep.equal({});
          });
        }
      }
    }

    it("makes room in a live run", async () => {
      const items = new LiveMap<string, string>([["docs", "docs"]]);
      const main = async (): Promise<void> => {
        const out = await mountDirTarget(at("."));
        await mountEach(
          fn({ name: "write" }, (path: string) => out.declareFile(path, path)),
          items,
        );
      };
      await inProcess(db, { app: main }, async (run) => {
        const handle = run.app("app").update({ live: true });
        const watch = new LiveWatch(handle);
        const reached = (path: string) => watch.until(({ status }) => status === "ready" && files().join() === path);
        await reached("docs");
        items.delete("docs");
        items.set("docs/a", "docs/a");
        await reached("docs/a");
        items.delete("docs/a");
        items.set("docs", "docs");
        await reached("docs");
        await handle.stop();
        expect(handle.failures()).to.deep.equal([]);
      });
    });

    it("fails the owner that turns out to keep its file, and has it written again once there is room", async () => {
      const keeper = fn(function keeper(out: DirTarget, _round: number) {
        out.declareFile("docs/a", "1");
      });
      const main = (round: number) => async (): Promise<void> => {
        const out = await mountDirTarget(at("."));
        if (round === 2) await (await mount(one, out, "docs", "1")).ready();
        await mount(keeper, out, round);
      };
      await updateAlone(db, "app", main(1));
      const { caught } = await updateAlone(db, "app", main(2));
      expect((caught[0]!.error as TidemarkError).code).to.equal("FILE_WRITE_FAILED");
      expect(files()).to.deep.equal(["docs"]);
      expectNoFailure(await updateAlone(db, "app", main(3)));
      expect(files()).to.deep.equal(["docs/a"]);
    });

    it("is in the way when the owner has failed before it could leave: its file comes back with it", async () => {
      const owner = fn({ memo: true }, function owner(out: DirTarget, state: string) {
        if (state === "failing") throw new Error("failing");
        if (state === "there") out.declareFile("docs/a", "1");
      });
      const main = (state: string, hasFile: boolean) => async (): Promise<void> => {
        const out = await mountDirTarget(at("."));
        if (hasFile) await (await mount(one, out, "docs", "file")).ready();
        await mount(owner, out, state);
      };
      await updateAlone(db, "app", main("there", false));
      await updateAlone(db, "app", main("failing", true));
      expect(files()).to.deep.equal(["docs"]);
      const { caught } = await updateAlone(db, "app", main("there", true));
      expect((caught[0]!.error as TidemarkError).code).to.equal("FILE_WRITE_FAILED");
      expectNoFailure(await updateAlone(db, "app", main("there", false)));
      expect(files()).to.deep.equal(["docs/a"]);
    });

    it("leaves a file of somebody else's in the way alone", async () => {
      mkdirSync(at("docs"), { recursive: true });
      writeFileSync(at("docs/foreign"), "");
      const { caught } = await updateAlone(db, "app", write(".", one, "docs"));
      expect((caught[0]!.error as TidemarkError).code).to.equal("FILE_WRITE_FAILED");
      expect(readdirSync(at("docs"))).to.deep.equal(["foreign"]);
    });
  });
});

describe("overlappingFolders", () => {
  it("lists the folders between a file and its folder, and those above, by place", () => {
    const names = [...overlappingFolders({ container: "out", key: "a/b.html", root: "/work/project" })];
    expect(names).to.deep.equal([
      { container: "out/a", key: "b.html" },
      { container: ".", key: "out/a/b.html" },
      { container: "/work", key: "project/out/a/b.html" },
      { container: "/", key: "work/project/out/a/b.html" },
    ]);
  });
});
