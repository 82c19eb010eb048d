import { expect } from "chai";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { databaseOf } from "../../../lib/connectors/sqlite/database.ts";
import { rowHandler } from "../../../lib/connectors/sqlite/row-handler.ts";
import { tableSchema } from "../../../lib/connectors/sqlite/table-schema.ts";
import { inTransaction } from "../../../lib/connectors/sqlite/transaction.ts";
import { App, fn, TidemarkError, type UpdateHandle } from "../../../lib/index.ts";
import { mountTableTarget } from "../../../lib/connectors/sqlite/index.ts";
import { applyContext } from "../../apply-context.ts";
import { failureOf } from "../../state/failure-of.ts";
import { createTempFolder } from "../../temp-folder.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { until } from "../../until.ts";

const COLUMNS = { id: "integer", x: "text" } as const;
const OPTIONS = { table: "t", columns: COLUMNS, primaryKey: "id" } as const;
const schema = tableSchema(OPTIONS);

describe("A database that another process has locked", () => {
  const test = useTestEnvironment();
  let folder: Awaited<ReturnType<typeof createTempFolder>>;
  let file: string;

  beforeEach(async () => {
    folder = await createTempFolder();
    file = join(folder.path, "x.db");
  });
  afterEach(() => folder[Symbol.asyncDispose]());

  const createApp = (value: string): App<never[]> =>
    new App(
      { name: "app", environment: test.environment },
      fn({ name: "main" }, async () => {
        const table = await mountTableTarget(file, OPTIONS);
        table.declareRow({ id: 1, x: value });
      }),
    );

  it("lets a run end with its signal, and the next one converges once the lock is gone", async () => {
    await createApp("a").update();
    await using lock = await holdLock(file);
    const stop = new AbortController();
    const handle = createApp("b").update({ signal: stop.signal });
    const result = failureOf(handle.result());
    const reason = new Error("enough");
    await mounting(handle);
    stop.abort(reason);
    expect(await result).to.equal(reason);
    await lock.release();
    await createApp("b").update();
    expect(rowsOf(file)).to.deep.equal([{ id: 1, x: "b" }]);
  });

  it("does not keep `close()` from resolving", async () => {
    await createApp("a").update();
    await using _lock = await holdLock(file);
    const handle = createApp("b").update();
    const result = failureOf(handle.result());
    await mounting(handle);
    await test.environment.close();
    expect(await result).to.have.property("code", "ENVIRONMENT_CLOSED");
  });

  it("does not block the process for the busy timeout of the user's connection, which stays as it was", async () => {
    using db = new DatabaseSync(file, { timeout: 60_000 });
    db.exec("CREATE TABLE mine (id INTEGER)");
    await using _lock = await holdLock(file);
    const act = "Cannot write";
    const error = await failureOf(inTransaction(databaseOf(db), { ...applyContext, act, tries: 2 }, () => undefined));
    expect(error).to.be.instanceOf(TidemarkError).and.have.property("code", "DATABASE_UNAVAILABLE");
    expect(error).to.have.property("message").that.contains(file).and.contains("locked by another connection");
    expect(db.prepare("PRAGMA busy_timeout").get()).to.deep.include({ timeout: 60_000 });
  });
});

describe("A database that cannot be written", () => {
  const write = async (db: DatabaseSync): Promise<unknown> =>
    failureOf(async () =>
      rowHandler(databaseOf(db), schema).apply([{ key: 1, row: [1, "x".repeat(100_000)] }], applyContext),
    );

  it("is named with the reason when its disk is full", async () => {
    await using folder = await createTempFolder();
    const file = join(folder.path, "x.db");
    using db = new DatabaseSync(file);
    db.exec("CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, x TEXT NOT NULL) STRICT; PRAGMA max_page_count = 4");
    const error = await write(db);
    expect(error).to.have.property("code", "DATABASE_WRITE_FAILED");
    expect(error).to.have.property("message").that.contains(`no space is left for database "${file}"`);
    db.exec("PRAGMA max_page_count = 1000");
    await rowHandler(databaseOf(db), schema).apply([{ key: 1, row: [1, "there is space"] }], applyContext);
  });

  it("is named with the reason when it is read-only", async () => {
    await using folder = await createTempFolder();
    const file = join(folder.path, "x.db");
    using writable = new DatabaseSync(file);
    writable.exec("CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, x TEXT NOT NULL) STRICT");
    using db = new DatabaseSync(file, { readOnly: true });
    const error = await write(db);
    expect(error).to.have.property("code", "DATABASE_WRITE_FAILED");
    expect(error).to.have.property("message").that.contains(`database "${file}" is read-only`);
  });
});

/** Resolves when the table is being mounted. */
function mounting(handle: UpdateHandle<unknown>): Promise<void> {
  const isMounting = (): boolean => (handle.stats()?.byComponent["mountTarget"]?.numInProgress ?? 0) > 0;
  return until(isMounting, { explain: () => handle.stats() });
}

/** Has another process lock a database, until `release` or the disposal. */
async function holdLock(file: string): Promise<{ release(): Promise<void>; [Symbol.asyncDispose](): Promise<void> }> {
  const program = join(import.meta.dirname, "locking-process.ts");
  const child = spawn(process.execPath, ["--no-warnings", program, file], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "close");
  await Promise.race([
    once(child.stdout, "data"),
    ended.then(() => Promise.reject(new Error("The database was not locked"))),
  ]);
  const release = async (): Promise<void> => {
    child.stdin.end();
    await ended;
  };
  return { release, [Symbol.asyncDispose]: release };
}

function rowsOf(file: string): readonly unknown[] {
  using db = new DatabaseSync(file);
  return db
    .prepare("SELECT id, x FROM t")
    .all()
    .map((row) => ({ ...row }));
}
