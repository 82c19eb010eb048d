import { expect } from "chai";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fn, mount, mountEach, type TidemarkError } from "../../../lib/index.ts";
import { mountTableTarget, type TableTarget } from "../../../lib/connectors/sqlite/index.ts";
import { dropAlone, inProcess, updateAlone } from "../../engine/targets/process-apps.ts";
import { createTempFolder } from "../../temp-folder.ts";

interface Note {
  readonly id: number;
  readonly text: string;
}

describe("A table of several owners", () => {
  let temp: Awaited<ReturnType<typeof createTempFolder>> | undefined;
  let db = "";
  let file = "";

  beforeEach(async () => {
    temp = await createTempFolder();
    db = join(temp.path, "db");
    file = join(temp.path, "notes.db");
  });
  afterEach(async () => {
    await temp?.[Symbol.asyncDispose]();
  });

  const row = fn({ memo: true }, function row(note: Note, table: TableTarget<Note>) {
    table.declareRow(note);
  });
  const open = (columns: object = {}): Promise<TableTarget<Note>> =>
    mountTableTarget(file, {
      table: "notes",
      columns: { id: "integer", text: "text", ...columns },
      primaryKey: "id",
    });
  const fill =
    (...notes: readonly Note[]) =>
    async (): Promise<void> => {
      const table = await open();
      await mountEach(
        row,
        notes.map((note) => [note.id, note] as const),
        table,
      );
    };
  const note = (id: number, text = "text"): Note => ({ id, text });
  const ids = (): unknown[] | undefined => {
    using database = new DatabaseSync(file);
    if (database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'notes'").get() === undefined) return undefined;
    return database
      .prepare("SELECT id FROM notes ORDER BY id")
      .all()
      .map(({ id }) => id);
  };

  it("keeps the rows of the other app when one is dropped, and is dropped with the last", async () => {
    await inProcess(db, { a: fill(note(1)), b: fill(note(2)) }, async (run) => {
      expect((await run.update("a")).caught).to.deep.equal([]);
      expect((await run.update("b")).caught).to.deep.equal([]);
      expect((await run.update("a")).counts["row"]).to.deep.equal({ starts: 1, unchanged: 1 });
      await run.drop("a");
      expect(ids()).to.deep.equal([2]);
      expect((await run.update("b")).counts["row"]).to.deep.equal({ starts: 1, unchanged: 1 });
      await run.drop("b");
      expect(ids()).to.equal(undefined);
    });
  });

  it("refuses one row to two apps, and another schema to the second", async () => {
    const otherSchema = async (): Promise<void> => {
      await mount(row, note(3), await open({ more: { type: "text", nullable: true } }));
    };
    await inProcess(db, { a: fill(note(1)), b: fill(note(1, "other")), c: otherSchema }, async (run) => {
      await run.update("a");
      expect((await run.update("b")).caught[0]!.error).to.include({ code: "TARGET_CONFLICT" });
      const error = await run.update("c").catch((thrown: unknown) => thrown as TidemarkError);
      expect(error).to.include({ code: "SCHEMA_MISMATCH" });
      await run.drop("b");
      expect(ids()).to.deep.equal([1]);
    });
  });

  it("goes to the new name of an app with its rows", async () => {
    await updateAlone(db, "old", fill(note(1), note(2)));
    expect((await updateAlone(db, "new", fill(note(1), note(2)))).caught).to.deep.equal([]);
    await dropAlone(db, "old");
    expect(ids()).to.deep.equal([1, 2]);
    expect((await updateAlone(db, "new", fill(note(1), note(2)))).counts["row"]).to.deep.equal({
      starts: 2,
      unchanged: 2,
    });
  });

  it("has the rows of both apps written again when somebody has dropped it", async () => {
    await inProcess(db, { a: fill(note(1)), b: fill(note(2)) }, async (run) => {
      await run.update("a");
      await run.update("b");
      {
        using database = new DatabaseSync(file);
        database.exec("DROP TABLE notes");
      }
      await run.update("b");
      expect(ids()).to.deep.equal([2]);
      await run.update("a");
      expect(ids()).to.deep.equal([1, 2]);
      expect((await run.update("b")).counts["row"]).to.deep.equal({ starts: 1, unchanged: 1 });
    });
  });

  it("lets a row take the unique value of one that its component removes", async () => {
    {
      using database = new DatabaseSync(file);
      database.exec("CREATE TABLE notes (id INTEGER NOT NULL, text TEXT NOT NULL UNIQUE, PRIMARY KEY (id)) STRICT");
    }
    const both = fn(async function both(notes: readonly Note[]) {
      const table = await open();
      for (const each of notes) table.declareRow(each);
    });
    expect((await updateAlone(db, "one", () => mount(both, [note(1, "unique")]))).caught).to.deep.equal([]);
    expect((await updateAlone(db, "one", () => mount(both, [note(2, "unique")]))).caught).to.deep.equal([]);
    expect(ids()).to.deep.equal([2]);
  });
});
