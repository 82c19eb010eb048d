import { expect } from "chai";
import { join } from "node:path";
import { App, Environment, fn, mountEach, statsGroup } from "../../lib/index.ts";
import { stateOf } from "../../lib/app/environment.ts";
import { createRowKey, FAMILY } from "../../lib/engine/records/row-keys.ts";
import { encodeValue } from "../../lib/state/codec.ts";
import { FakeClock } from "../fake-clock.ts";
import { MAX_STORED_UPDATES } from "../../lib/app/update-history.ts";
import { failureOf } from "../state/failure-of.ts";
import { createTempFolder } from "../temp-folder.ts";

describe("Environment.updates", () => {
  let folder: Awaited<ReturnType<typeof createTempFolder>>;
  let environment: Environment;

  function open(): Environment {
    return new Environment({ dbPath: join(folder.path, "db"), onException: () => {} });
  }

  beforeEach(async () => {
    folder = await createTempFolder();
    environment = open();
  });

  afterEach(async () => {
    await environment.close();
    await folder[Symbol.asyncDispose]();
  });

  async function reopen(): Promise<void> {
    await environment.close();
    environment = open();
  }

  it("takes the app as well as its name, and says what else it was given", async () => {
    const app = new App({ name: "docs", environment }, function main() {});
    await app.update();
    expect(await environment.updates(app)).to.deep.equal(await environment.updates("docs"));
    expect(await environment.updates(app)).to.have.length(1);
    const paths: string[] = [];
    for await (const { path } of environment.components(app)) paths.push(path);
    expect(paths).to.deep.equal(["/"]);
    for (const wrong of [undefined, null, 5, {}, { name: "docs" }, Promise.resolve(app)]) {
      const message = (await failureOf(environment.updates(wrong as never))).message;
      expect(message).to.match(/^Cannot list updates: `app` must be an App or the name of one, got /);
      expect(() => environment.components(wrong as never)).to.throw(TypeError, "Cannot list components: `app` must be");
    }
  });

  it("refuses an app of another environment, whose updates are in another store", async () => {
    await using other = new Environment({ dbPath: join(folder.path, "other") });
    const app = new App({ name: "docs", environment: other }, function main() {});
    expect((await failureOf(environment.updates(app))).message).to.equal(
      'Cannot list updates of app "docs": it belongs to another environment; ask `app.environment`',
    );
  });

  it("has what a run counted, group by group, also in another process", async () => {
    const doc = fn(function doc(index: number) {
      if (index === 2) throw new TypeError("bad page 2");
    });
    const app = new App({ name: "docs", environment }, async function main() {
      await statsGroup("Pages", () =>
        mountEach(
          doc,
          [1, 2, 3].map((index): [number, number] => [index, index]),
        ),
      );
      return "not kept";
    });
    const handle = app.update();
    await handle;
    await reopen();
    const [record, ...others] = await environment.updates("docs");
    expect(others).to.deep.equal([]);
    expect(record).to.include({ app: "docs", kind: "update", status: "ready", error: null });
    expect(Date.parse(record!.endedAt!)).to.be.at.least(Date.parse(record!.startedAt));
    expect(record!.snapshot).to.include({ final: true, result: null });
    expect(record!.snapshot.stats).to.deep.equal(JSON.parse(JSON.stringify(handle.stats())));
    expect(record!.groups.map(({ title, snapshot }) => [title, snapshot.stats.total.numAdds])).to.deep.equal([
      ["Pages", 2],
    ]);
    expect(record!.failures).to.have.length(1);
    expect(record!.failures[0]).to.include({ component: "doc", path: "/@doc/2", group: "Pages" });
    expect(record!.failures[0]?.error).to.include({ name: "TypeError", message: "bad page 2" });
    expect(record!.failures[0]?.error.stack).to.include("update-history.test.ts");
  });

  it("has runs that failed or were aborted, with why", async () => {
    const failing = new App({ name: "app", environment }, function main() {
      throw new RangeError("no bucket");
    });
    await failureOf(failing.update().result());
    const stop = new AbortController();
    const waiting = new App({ name: "app", environment }, async function main() {
      stop.abort(new Error("enough"));
      await Promise.withResolvers<void>().promise;
    });
    await failureOf(waiting.update({ signal: stop.signal }).result());
    await reopen();
    const records = await environment.updates("app");
    expect(records.map(({ error, status }) => [status, error?.name, error?.message])).to.deep.equal([
      ["aborted", "Error", "enough"],
      ["failed", "RangeError", "no bucket"],
    ]);
  });

  it("keeps the newest fifty of each app, the newest first", async () => {
    let run = 0;
    const app = new App({ name: "app", environment }, async function main() {
      await statsGroup(`run ${++run}`, async () => {});
    });
    const other = new App({ name: "other", environment }, function main() {});
    await other.update();
    for (let index = 0; index < MAX_STORED_UPDATES + 3; index++) await app.update();
    const titles = (await environment.updates("app")).map(({ groups }) => groups[0]?.title);
    expect(titles).to.deep.equal(Array.from({ length: MAX_STORED_UPDATES }, (_, index) => `run ${run - index}`));
    expect(await environment.updates("other")).to.have.length(1);
  });

  describe("with a clock that is set", () => {
    let clock: FakeClock;
    let run: number;

    beforeEach(() => {
      clock = new FakeClock();
      clock.shiftDate(Date.UTC(2026, 0, 1));
      run = 0;
    });

    /** Runs an update under the next number, a millisecond long by the clock. */
    async function update(): Promise<void> {
      stateOf(environment).clock = clock;
      const app = new App({ name: "app", environment }, () => statsGroup(`run ${run}`, async () => {}));
      await app.update();
      clock.advance(1);
      run++;
    }

    async function titles(): Promise<(string | undefined)[]> {
      return (await environment.updates("app")).map(({ groups }) => groups[0]?.title);
    }

    const HOUR_MS = 3_600_000;
    const shifts: readonly (readonly [what: string, shiftMs: number])[] = [
      ["back by an hour", -HOUR_MS],
      ["back by a millisecond, so that it stands still", -1],
      ["back before 1970", -57 * 365 * 24 * HOUR_MS],
      ["forward beyond 2038", 20 * 365 * 24 * HOUR_MS],
      ["forward beyond 9999", 8000 * 365 * 24 * HOUR_MS],
      ["forward beyond what six bytes can count in milliseconds", 10_000 * 365 * 24 * HOUR_MS],
    ];
    for (const [what, shiftMs] of shifts) {
      it(`lists the newest first and keeps it when it is set ${what} (bug: ordered by the clock)`, async () => {
        for (let index = 0; index < MAX_STORED_UPDATES; index++) await update();
        clock.shiftDate(shiftMs);
        await update();
        await update();
        const expected = Array.from({ length: MAX_STORED_UPDATES }, (_, index) => `run ${run - 1 - index}`);
        expect(await titles()).to.deep.equal(expected);
        await reopen();
        expect(await titles()).to.deep.equal(expected);
      });
    }

    it("lists the newest first when each process has another date", async () => {
      for (const shiftMs of [0, -HOUR_MS, 5 * HOUR_MS, -9 * HOUR_MS]) {
        clock.shiftDate(shiftMs);
        await update();
        await reopen();
      }
      expect(await titles()).to.deep.equal(["run 3", "run 2", "run 1", "run 0"]);
    });
  });

  it("lists the records of 0.1 after those of this version, also where their times are later", async () => {
    const app = new App({ name: "app", environment }, function main() {});
    await app.update();
    const rows = (await stateOf(environment).findRows("app"))!;
    const [record] = await environment.updates("app");
    for (const { key } of rows.removeAll()) if (key[0] === FAMILY.update) await rows.write([{ key, value: undefined }]);
    for (const year of [2026, 2099]) {
      const startedMs = Date.UTC(year, 0, 1);
      const old = { ...record, id: `old-${year}`, startedAt: new Date(startedMs).toISOString() };
      const key = createRowKey(rows.appId, FAMILY.update, startedMs, Buffer.from(old.id));
      await rows.write([{ key, value: encodeValue(JSON.stringify(old)) }]);
    }
    await reopen();
    await new App({ name: "app", environment }, function main() {}).update();
    const years = (await environment.updates("app")).map(({ startedAt }) => Number(startedAt.slice(0, 4)));
    expect(years).to.deep.equal([new Date().getFullYear(), 2099, 2026]);
  });

  it("takes any name for a component and any title", async () => {
    const names = ["__proto__", "constructor", "\ud800", "\u202e<img src=x>"];
    const app = new App({ name: "app", environment }, async function main() {
      for (const [index, name] of names.entries()) {
        await statsGroup(name, () =>
          mountEach(
            [index],
            fn({ name }, () => {}),
            [[1, 1]],
          ),
        );
      }
    });
    await app.update();
    await reopen();
    const [record] = await environment.updates("app");
    const found = record!.groups.map(({ snapshot, title }) => [title, ...Object.keys(snapshot.stats.byComponent)]);
    expect(found).to.deep.equal(names.map((name) => [name.toWellFormed(), name]));
  });

  it("has none of an app that is not known, or was dropped", async () => {
    expect(await environment.updates("nobody")).to.deep.equal([]);
    const app = new App({ name: "app", environment }, function main() {});
    await app.update();
    await app.drop();
    expect(await environment.updates("app")).to.deep.equal([]);
    expect(await environment.apps()).to.deep.equal([]);
  });
});
