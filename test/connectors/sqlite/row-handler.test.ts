import { expect } from "chai";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { applyContext } from "../../apply-context.ts";
import { databaseOf } from "../../../lib/connectors/sqlite/database.ts";
import { rowHandler, type RowAction } from "../../../lib/connectors/sqlite/row-handler.ts";
import { keyOfRow, storedRow } from "../../../lib/connectors/sqlite/row.ts";
import { tableDefinition } from "../../../lib/connectors/sqlite/definition.ts";
import { tableSchema } from "../../../lib/connectors/sqlite/table-schema.ts";
import { inTransaction } from "../../../lib/connectors/sqlite/transaction.ts";
import { TidemarkError } from "../../../lib/errors.ts";
import { createTempFolder } from "../../temp-folder.ts";

const schema = tableSchema({ table: "t", columns: { id: "integer", x: "text" }, primaryKey: "id" });

describe("rowHandler", () => {
  it("skips a row only when all that may be outside is equal to it", () => {
    using db = openWithTable();
    const handler = rowHandler(databaseOf(db), schema);
    const desired = storedRow(schema, { id: 1, x: "a" });
    const first = handler.reconcile({ key: 1, desired, previous: [], mayBeMissing: true, root: "/" });
    const tracking = first!.tracking!;
    const decide = (previous: string[], mayBeMissing: boolean): boolean =>
      handler.reconcile({ key: 1, desired, previous, mayBeMissing, root: "/" }) !== undefined;
    expect(decide([tracking], false)).to.equal(false);
    expect(decide([tracking, tracking], false)).to.equal(false);
    expect(decide([tracking], true)).to.equal(true);
    expect(decide([tracking, "other"], false)).to.equal(true);
    expect(decide(["other", tracking], false)).to.equal(true);
    expect(decide([], false)).to.equal(true);
    const gone = { key: 1, desired: undefined, mayBeMissing: true, root: "/" };
    expect(handler.reconcile({ ...gone, previous: [] })).to.equal(undefined);
    expect(handler.reconcile({ ...gone, previous: ["other"] })).to.deep.include({ tracking: undefined });
  });

  it("writes and deletes in order, and again without harm", async () => {
    using db = openWithTable();
    const actions = [put(1, "a"), put(2, "b"), remove(1), put(2, "c"), put(3, "d"), remove(4)];
    const handler = rowHandler(databaseOf(db), schema);
    await handler.apply(actions, applyContext);
    await handler.apply(actions, applyContext);
    expect(contents(db)).to.deep.equal([
      [2, "c"],
      [3, "d"],
    ]);
  });

  it("writes a table whose columns all make the key", async () => {
    using db = new DatabaseSync(":memory:");
    const pairs = tableSchema({ table: "t", columns: { id: "integer", x: "text" }, primaryKey: ["x", "id"] });
    db.exec(tableDefinition(pairs));
    const handler = rowHandler(databaseOf(db), pairs);
    const row = storedRow(pairs, { id: 1, x: "a" });
    await handler.apply(
      [
        { key: ["a", 1], row },
        { key: ["a", 1], row },
      ],
      applyContext,
    );
    expect(contents(db)).to.deep.equal([[1, "a"]]);
    await handler.apply([{ key: ["a", 1], row: undefined }], applyContext);
    expect(contents(db)).to.deep.equal([]);
  });

  it("gives other work a turn between transactions of a large batch", async () => {
    using db = openWithTable();
    const seen: number[] = [];
    const watch = (): void => {
      seen.push(contents(db).length);
      immediate = setImmediate(watch);
    };
    let immediate = setImmediate(watch);
    await rowHandler(databaseOf(db), schema).apply(
      Array.from({ length: 2500 }, (_, id) => put(id, "x")),
      applyContext,
    );
    clearImmediate(immediate);
    expect(contents(db)).to.have.lengthOf(2500);
    expect(seen).to.include(1000).and.to.include(2000);
  });

  it("gives long rows a transaction of their own", async () => {
    using db = openWithTable();
    const commits: number[] = [];
    const counting = {
      location: "x",
      connection() {
        commits.push(contents(db).length);
        return db;
      },
    };
    await rowHandler(counting, schema).apply([put(1, "x".repeat(5_000_000)), put(2, "y"), put(3, "z")], applyContext);
    expect(commits).to.deep.equal([0, 1]);
  });

  it("leaves nothing of a transaction in which a row fails, and names the row", async () => {
    using db = openWithTable();
    db.exec("CREATE UNIQUE INDEX mine ON t (x)");
    const error = await rejection(rowHandler(databaseOf(db), schema).apply([put(1, "a"), put(2, "a")], applyContext));
    expect(error.code).to.equal("DATABASE_WRITE_FAILED");
    expect(error.message).to.match(/^Cannot write row 2 of table "t": UNIQUE constraint failed: t.x$/);
    expect(error.cause).to.be.instanceOf(Error);
    expect(contents(db)).to.deep.equal([]);
  });

  it("says that the table is missing when somebody has dropped it, unless rows are to be deleted", async () => {
    using db = new DatabaseSync(":memory:");
    const handler = rowHandler(databaseOf(db), schema);
    await handler.apply([remove(1)], applyContext);
    expect((await rejection(handler.apply([put(1, "a")], applyContext))).message).to.equal(
      'Cannot write table "t": no such table: main.t',
    );
  });

  it("deletes nothing from another table that has replaced the declared one", async () => {
    using db = new DatabaseSync(":memory:");
    db.exec("CREATE TABLE t (id INTEGER, x TEXT); INSERT INTO t VALUES (1, 'theirs')");
    await rowHandler(databaseOf(db), schema).apply([remove(1)], applyContext);
    expect(contents(db)).to.deep.equal([[1, "theirs"]]);
  });

  it("refuses a connection that is inside a transaction, and leaves that as it is", async () => {
    using db = openWithTable();
    db.exec("BEGIN; INSERT INTO t VALUES (9, 'mine')");
    const error = await rejection(rowHandler(databaseOf(db), schema).apply([put(1, "a")], applyContext));
    expect(error.code).to.equal("DATABASE_UNAVAILABLE");
    expect(error.message).to.contain('Cannot write table "t"').and.to.contain("inside a transaction");
    db.exec("COMMIT");
    expect(contents(db)).to.deep.equal([[9, "mine"]]);
  });

  it("refuses a closed connection", async () => {
    const db = openWithTable();
    const handler = rowHandler(databaseOf(db), schema);
    db.close();
    expect((await rejection(handler.apply([put(1, "a")], applyContext))).code).to.equal("DATABASE_UNAVAILABLE");
  });
});

describe("inTransaction", () => {
  it("waits for the lock of another connection without blocking", async () => {
    await using folder = await createTempFolder();
    using db = openWithTable(join(folder.path, "x.db"));
    using other = new DatabaseSync(join(folder.path, "x.db"));
    other.exec("BEGIN IMMEDIATE");
    setImmediate(() => other.exec("COMMIT"));
    await rowHandler(databaseOf(db), schema).apply([put(1, "a")], applyContext);
    expect(contents(db)).to.deep.equal([[1, "a"]]);
  });

  it("gives up on a lock that stays, does not wait for it again, and works once it is gone", async () => {
    await using folder = await createTempFolder();
    using db = openWithTable(join(folder.path, "x.db"));
    using other = new DatabaseSync(join(folder.path, "x.db"));
    const database = databaseOf(db);
    let asked = 0;
    const counting = { location: database.location, connection: () => (asked++, db) };
    other.exec("BEGIN IMMEDIATE");
    const write = async (): Promise<void> =>
      inTransaction(counting, { ...applyContext, act: "Cannot write", tries: 2 }, () => undefined);
    const error = await rejection(write());
    expect(error.code).to.equal("DATABASE_UNAVAILABLE");
    expect(error.message).to.match(/is locked by another connection/);
    expect(asked).to.equal(2);
    await rejection(write());
    expect(asked).to.equal(3);
    other.exec("COMMIT");
    await write();
    other.exec("BEGIN IMMEDIATE");
    await rejection(write());
    expect(asked).to.equal(6);
    other.exec("COMMIT");
  });

  it("says what file is no database", async () => {
    await using folder = await createTempFolder();
    const database = databaseOf(folder.path);
    const error = await rejection(inTransaction(database, { ...applyContext, act: "Cannot write" }, () => undefined));
    expect(error.code).to.equal("DATABASE_UNAVAILABLE");
    expect(error.message).to.contain(folder.path);
  });
});

function openWithTable(path = ":memory:"): DatabaseSync {
  const db = new DatabaseSync(path);
  db.exec(tableDefinition(schema));
  return db;
}

function put(id: number, x: string): RowAction {
  const row = storedRow(schema, { id, x });
  return { key: keyOfRow(schema, row), row };
}

function remove(id: number): RowAction {
  return { key: id, row: undefined };
}

function contents(db: DatabaseSync): readonly unknown[] {
  const all = db.prepare("SELECT id, x FROM t ORDER BY id").all();
  return all.map(({ id, x }) => [id, x]);
}

async function rejection(promise: void | Promise<unknown>): Promise<TidemarkError> {
  const error: unknown = await Promise.resolve(promise).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof TidemarkError) return error;
  throw new Error("expected a TidemarkError", { cause: error });
}
