import { once } from "node:events";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { stateOf } from "../../lib/app/environment.ts";
import * as localfs from "../../lib/connectors/localfs/index.ts";
import * as sqlite from "../../lib/connectors/sqlite/index.ts";
import * as tidemark from "../../lib/index.ts";
import { loadSqlite } from "../../lib/state/load-sqlite.ts";
import { countsByComponent, type Counts } from "../counts.ts";
import { ARGUMENTS, definePipeline, executions, LONG_KEY, notes, ROOT } from "../fixtures/format-1/pipeline.ts";
import { restoreProject } from "../fixtures/format-1/restore.ts";
import { startChild } from "../state/child-process.ts";

const DB_PATH = join(ROOT, ".tidemark");
const OUTPUT = join(ROOT, "output");
const mains = definePipeline({ tidemark, localfs, sqlite });

/** The counts of an update, and all that it did outside the folder and the table. */
interface Outcome {
  readonly counts: Readonly<Record<string, Counts>>;
  readonly pages: Counts | undefined;
  readonly log: readonly string[];
}

interface Project extends AsyncDisposable {
  readonly environment: tidemark.Environment;
  update(app?: keyof typeof mains, options?: tidemark.UpdateOptions): Promise<Outcome>;
}

/** Opens the project that 0.1 has left, as it is now. */
function openProject(dbPath = DB_PATH): Project {
  const environment = new tidemark.Environment({ dbPath });
  stateOf(environment).storeLog = () => {};
  return {
    environment,
    async update(app = "docs", options = {}) {
      const log: string[] = [];
      executions.note = (name) => void log.push(name);
      notes.before = ({ key, text }) => void log.push(`${text === undefined ? "remove" : "write"} ${key}`);
      const handle = new tidemark.App({ name: app, environment }, mains[app]).update(options);
      await handle;
      const [record] = await environment.updates(app);
      const group = record?.groups[0]?.snapshot.stats ?? null;
      return { counts: countsByComponent(handle.stats()), pages: countsByComponent(group)["page"], log };
    },
    [Symbol.asyncDispose]: () => environment.close(),
  };
}

/** The files that the app `docs` has outside, without the database, and the rows of its table. */
async function readOutside(): Promise<{ readonly files: Readonly<Record<string, string>>; readonly rows: unknown }> {
  const files: Record<string, string> = {};
  const entries = await readdir(OUTPUT, { recursive: true, withFileTypes: true });
  for (const { name, parentPath } of entries.filter((entry) => entry.isFile() && !entry.name.startsWith("pages.db"))) {
    const path = join(parentPath, name);
    files[path.slice(OUTPUT.length + 1)] = await readFile(path, "utf8");
  }
  using database = new (loadSqlite().DatabaseSync)(join(OUTPUT, "pages.db"), { readOnly: true });
  const rows = database.prepare("SELECT path, title FROM pages ORDER BY path").all();
  return { files, rows: rows.map((row) => Object.values(row).join("|")) };
}

const LONG_NOTE = `notes/${LONG_KEY.slice(0, 40)}.txt`;

/** All that is to be outside once the interrupted update is repaired. */
const REPAIRED = {
  files: {
    "chapters/one/index.txt": "3 paragraphs\n",
    "chapters/two/index.txt": "1 paragraphs\n",
    "notes/a.md.txt": "Page a.md",
    "notes/b.md.txt": "Page b.md",
    "notes/broken.md.txt": "Page broken.md, which was edited",
    "notes/first.txt": "paragraph first",
    "notes/guide-c.md.txt": "Page guide/c.md",
    [LONG_NOTE]: `paragraph ${LONG_KEY.slice(0, 20)}`,
    "notes/second.txt": "paragraph second",
    "notes/third.txt": "paragraph third",
    "other/only.txt": "of the other app\n",
    "site/a.html": "<p>docs: Page a.md (9)</p>\n",
    "site/b.html": "<p>docs: Page b.md (9)</p>\n",
    "site/broken.html": "<p>docs: Page broken.md, which was edited (32)</p>\n",
    "site/guide/c.html": "<p>docs: Page guide/c.md (15)</p>\n",
  },
  rows: [
    "a.md|Page a.md",
    "b.md|Page b.md",
    "broken.md|Page broken.md, which was edited",
    "guide/c.md|Page guide/c.md",
  ],
};

/** The counts of an update without changes: only components without memo run. */
const UNCHANGED: Outcome["counts"] = {
  docs: { starts: 1, reprocesses: 1 },
  mountTarget: { starts: 2, reprocesses: 2 },
  readSettings: { starts: 1, unchanged: 1 },
  compare: { starts: ARGUMENTS.length, unchanged: ARGUMENTS.length },
  tuned: { starts: 1, unchanged: 1 },
  untracked: { starts: 1, unchanged: 1 },
  chapter: { starts: 2, unchanged: 2 },
};

describe("A store that 0.1 has written", function () {
  // Another process may have the project, which has only one place.
  this.timeout(180_000);
  let restored: AsyncDisposable | undefined;

  beforeEach(async function () {
    // The fixture has paths of POSIX.
    if (process.platform === "win32") this.skip();
    restored = await restoreProject();
  });

  afterEach(async () => {
    executions.note = () => {};
    notes.before = () => {};
    await restored?.[Symbol.asyncDispose]();
    restored = undefined;
  });

  it("has its apps, components and updates on record", async () => {
    await using project = openProject();
    const { environment } = project;
    expect(await environment.apps()).to.deep.equal(["docs", "other"]);
    const [docs, other] = await Promise.all([environment.updates("docs"), environment.updates("other")]);
    expect(docs.map(({ status }) => status)).to.deep.equal(["ready", "ready", "ready"]);
    expect(docs.map(({ groups }) => groups[0]?.snapshot.stats.total.numDeletes)).to.deep.equal([0, 0, 0]);
    expect(docs[2]?.groups[0]?.snapshot.stats.total.numAdds).to.equal(5);
    expect(other.length).to.equal(1);
    const components = [];
    for await (const component of environment.components("docs")) components.push(component);
    const paths = components.map(({ path }) => path);
    expect(components.length).to.equal(new Set(paths).size);
    expect(paths).to.include.members([
      "/",
      '/@page/"guide/c.md"',
      `/"chapter"/"one"/"paragraph"/${JSON.stringify(LONG_KEY)}`,
    ]);
    const a = components.find(({ path }) => path === '/@page/"a.md"');
    expect([a?.name, a?.isMemoized, a?.targetCount]).to.deep.equal(["page", true, 3]);
  });

  it("makes nothing run again that is unchanged, repairs the interrupted update, and retries the pending deletion", async () => {
    await using project = openProject();
    const { counts, log, pages } = await project.update();
    expect(counts).to.deep.equal(UNCHANGED);
    expect(pages).to.deep.equal({ starts: 5, unchanged: 3, reprocesses: 1, deletes: 1 });
    expect(log.toSorted()).to.deep.equal(["annotate broken.md", "remove old.md", "write broken.md"]);
    expect(await readOutside()).to.deep.equal(REPAIRED);

    const again = await project.update();
    expect([again.counts, again.pages, again.log]).to.deep.equal([UNCHANGED, { starts: 4, unchanged: 4 }, []]);
    expect(await readOutside()).to.deep.equal(REPAIRED);
    const other = await project.update("other");
    expect(other.counts["other"]).to.deep.equal({ starts: 1, reprocesses: 1 });
    expect(await readOutside()).to.deep.equal(REPAIRED);
    expect([(await project.environment.updates("docs")).length]).to.deep.equal([5]);
  });

  it("answers memoized calls of components that run again", async () => {
    await using project = openProject();
    await project.update();
    await writeFile(join(ROOT, "docs", "a.md"), "Page a.md\n\n");
    const { log, pages } = await project.update();
    expect([pages, log]).to.deep.equal([{ starts: 4, unchanged: 3, reprocesses: 1 }, []]);
    expect(await readOutside()).to.deep.equal(REPAIRED);
  });

  it("answers memoized calls in the first update", async () => {
    await writeFile(join(ROOT, "docs", "a.md"), "Page a.md\n\n");
    await using project = openProject();
    const { log } = await project.update();
    expect(log).not.to.include("annotate a.md");
    expect(await readOutside()).to.deep.equal(REPAIRED);
  });

  it("loses what was made of a deleted source, and nothing else", async () => {
    await rm(join(ROOT, "docs", "b.md"));
    await using project = openProject();
    const { log, pages } = await project.update();
    expect(pages).to.deep.equal({ starts: 5, unchanged: 2, reprocesses: 1, deletes: 2 });
    expect(log.toSorted()).to.deep.equal(["annotate broken.md", "remove b.md", "remove old.md", "write broken.md"]);
    const { "notes/b.md.txt": _note, "site/b.html": _page, ...files } = REPAIRED.files;
    expect(await readOutside()).to.deep.equal({ files, rows: REPAIRED.rows.filter((row) => !row.startsWith("b.md")) });
  });

  it("removes nothing of its original when it was copied before the upgrade", async () => {
    const copy = await mkdtemp(join(dirname(ROOT), "copy-"));
    try {
      await cp(ROOT, copy, { recursive: true, preserveTimestamps: true });
      await rm(join(ROOT, "docs", "b.md"));
      await using project = openProject(join(copy, ".tidemark"));
      const { pages } = await project.update();
      expect(pages?.deletes).to.equal(2);
      const { files, rows } = await readOutside();
      expect(Object.keys(files)).to.include.members(["site/b.html", "notes/b.md.txt"]);
      expect((rows as readonly string[]).some((row) => row.startsWith("b.md"))).to.equal(true);
    } finally {
      await rm(copy, { recursive: true });
    }
  });

  it("is reprocessed in full on demand, to the same result", async () => {
    await using project = openProject();
    const { counts, pages } = await project.update("docs", { fullReprocess: true });
    expect([counts["compare"], pages]).to.deep.equal([
      { starts: ARGUMENTS.length, reprocesses: ARGUMENTS.length },
      { starts: 5, reprocesses: 4, deletes: 1 },
    ]);
    expect(await readOutside()).to.deep.equal(REPAIRED);
    expect((await project.update()).counts).to.deep.equal(UNCHANGED);
  });

  it("can be dropped, and leaves the other app alone", async () => {
    await using project = openProject();
    await project.update();
    await new tidemark.App({ name: "docs", environment: project.environment }, mains.docs).drop();
    expect(await project.environment.apps()).to.deep.equal(["other"]);
    const left = await readdir(OUTPUT, { recursive: true });
    expect(left.filter((name) => name.endsWith(".txt") || name.endsWith(".html"))).to.deep.equal(["other/only.txt"]);
  });

  it("is there again when its copy is put back, and is upgraded anew", async () => {
    {
      await using project = openProject();
      await project.update();
    }
    await cp(join(DB_PATH, "before-format-2"), DB_PATH, { recursive: true });
    expect(await readFile(join(DB_PATH, "FORMAT"), "utf8")).to.equal("tidemark-store 1\n");
    await using project = openProject();
    expect((await project.environment.updates("docs")).length).to.equal(3);
    expect((await project.update()).counts).to.deep.equal(UNCHANGED);
    expect(await readOutside()).to.deep.equal(REPAIRED);
  });

  for (const fatalWrite of [1, 2, 3, 5, 8]) {
    it(`is repaired when its first update is killed before write ${fatalWrite}`, async () => {
      await using child = startChild(new URL("./killed-upgrade-process.ts", import.meta.url), [String(fatalWrite)]);
      const { value: death } = await child.lines.next();
      expect(death, child.errors()).to.equal(`write ${fatalWrite}`);
      await once(child.process, "close");
      await using project = openProject();
      const { counts, log } = await project.update();
      expect([counts["compare"], counts["readSettings"]]).to.deep.equal([
        UNCHANGED["compare"],
        UNCHANGED["readSettings"],
      ]);
      expect(log.filter((line) => !/ (?:broken|old)\.md$/.test(line))).to.deep.equal([]);
      expect(await readOutside()).to.deep.equal(REPAIRED);
      const again = await project.update();
      expect([again.counts, again.pages, again.log]).to.deep.equal([UNCHANGED, { starts: 4, unchanged: 4 }, []]);
    });
  }
});
