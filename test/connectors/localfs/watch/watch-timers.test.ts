import { expect } from "chai";
import { rmSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { FolderWatcher } from "../../../../lib/connectors/localfs/watch/folder-watcher.ts";
import { FakeClock } from "../../../fake-clock.ts";
import { createTempFolder } from "../../../temp-folder.ts";
import { plant, replaceFile } from "../test-tree.ts";
import { FollowedFolder, treeOf } from "./followed-folder.ts";
import { createSilent, SilentSystem } from "./silent-system.ts";

describe("FolderWatcher on a clock", () => {
  it("looks 20 ms after the last event, and after 200 ms of events without a pause", async () => {
    await using subject = await createSilent({ "a.md": "1" });
    const { clock, followed, system } = subject;
    const startedAt = clock.now();
    writeFileSync(subject.at("b.md"), "1");
    const first = followed.next().then(() => clock.now() - startedAt);
    system.tell("b.md");
    clock.advance(15);
    system.tell("b.md");
    clock.advance(19);
    clock.advance(1);
    expect(await first).to.equal(35);
    writeFileSync(subject.at("c.md"), "1");
    const resumedAt = clock.now();
    const second = followed.next().then(() => clock.now() - resumedAt);
    for (let waitedMs = 0; waitedMs < 250; waitedMs += 10) {
      system.tell("c.md");
      clock.advance(10);
      await nextTurn();
    }
    expect(await second).to.be.within(200, 210);
  });

  it("says since when changes have been known", async () => {
    await using subject = await createSilent({});
    const { clock, followed, system } = subject;
    writeFileSync(subject.at("b.md"), "1");
    const toldAt = clock.date();
    system.tell("b.md");
    clock.advance(15);
    system.tell("b.md");
    clock.advance(20);
    expect((await followed.next())?.since).to.deep.equal(toldAt);
  });

  it("makes a full rescan after the interval, and tells only the changes", async () => {
    await using subject = await createSilent({ "a.md": "1", "b/c.md": "1", "d.md": "1" });
    const { clock, followed } = subject;
    for (let round = 1; round <= 3; round++) {
      writeFileSync(subject.at("b/c.md"), String(round));
      rmSync(subject.at("d.md"), { force: true });
      clock.advance(59_000);
      clock.advance(1100);
      await followed.caughtUp();
    }
    expect(new Set(followed.changed)).to.deep.equal(new Set(["b/c.md"]));
    expect(followed.removed).to.deep.equal(["d.md"]);
  });

  it("finds at a full rescan a file that another of the same size and time has replaced", async () => {
    await using subject = await createSilent({ "a.md": "1", "b/c.md": "1" });
    replaceFile(subject.at("b/c.md"), "2");
    subject.clock.advance(60_100);
    await subject.followed.caughtUp();
    expect(subject.followed.changed).to.deep.equal(["b/c.md"]);
  });

  it("renews its watches at a full rescan", async () => {
    await using subject = await createSilent({ "a/b.md": "1" });
    const { clock, followed, system } = subject;
    system.die();
    writeFileSync(subject.at("a/c.md"), "1");
    clock.advance(60_100);
    await followed.caughtUp();
    expect(system.watched).to.deep.equal(["", "a/"]);
  });

  it("tells a second time of a file that was seen in the moment of its change, in case that was not the last one", async () => {
    await using subject = await createSilent({});
    const { clock, followed, system } = subject;
    writeFileSync(subject.at("a.md"), "1");
    const lookedAt = (clock.now() + 20) / 1000;
    utimesSync(subject.at("a.md"), lookedAt, lookedAt);
    system.tell("a.md");
    clock.advance(20);
    await followed.next();
    // Another content of the same length, within the same tick of the file system's clock.
    clock.advance(60_020);
    await followed.next();
    writeFileSync(subject.at("b.md"), "");
    clock.advance(60_020);
    await followed.next();
    expect(followed.changed).to.deep.equal(["a.md", "a.md", "b.md"]);
  });

  describe("with links", () => {
    it("looks every two seconds at their targets", async () => {
      await using subject = await createSilent({ "a.md": "1" });
      plant(subject.beside("out"), { "x.md": "1", "folder/y.md": "1" });
      symlinkSync("../out/x.md", subject.at("link.md"));
      const { clock, followed, system } = subject;
      system.tell("link.md");
      clock.advance(20);
      await followed.caughtUp();
      for (const change of [
        () => writeFileSync(subject.beside("out/x.md"), "more"),
        () => unlinkSync(subject.beside("out/x.md")),
        () => writeFileSync(subject.beside("out/x.md"), "back again"),
      ]) {
        change();
        clock.advance(2000);
        clock.advance(20);
        await followed.caughtUp();
      }
      expect(followed.changed).to.deep.equal(["link.md", "link.md", "link.md"]);
      expect(followed.removed).to.deep.equal(["link.md"]);
    });

    it("looks at links that a walk leaves out, as long as they lead to a folder", async () => {
      await using subject = await createSilent({ "a.md": "1" }, { include: ["*.md"] });
      plant(subject.beside("out"), { "x.md/y.md": "1" });
      symlinkSync("../out/x.md", subject.at("listed-later.md"));
      symlinkSync("../out/x.md", subject.at("left-out.txt"));
      const { clock, followed, system } = subject;
      system.tell("listed-later.md");
      system.tell("left-out.txt");
      clock.advance(20);
      rmSync(subject.beside("out/x.md"), { recursive: true });
      writeFileSync(subject.beside("out/x.md"), "a file now");
      clock.advance(2000);
      clock.advance(20);
      await followed.caughtUp();
      expect(followed.changed).to.deep.equal(["listed-later.md"]);
    });

    it("looks at links that its first listing has left out", async () => {
      await using temp = await createTempFolder();
      plant(temp.path, { "docs/a.md": "1", "out/x.md": "1" });
      symlinkSync("../out", join(temp.path, "docs/b.md"));
      const { clock, openEvents } = new SilentSystem();
      using followed = await FollowedFolder.open(join(temp.path, "docs"), { clock, openEvents });
      rmSync(join(temp.path, "out"), { recursive: true });
      writeFileSync(join(temp.path, "out"), "a file now");
      clock.advance(2000);
      clock.advance(20);
      await followed.caughtUp();
      expect(followed.changed).to.deep.equal(["b.md"]);
    });

    it("looks at a target that another of the same size and time has replaced", async () => {
      await using temp = await createTempFolder();
      plant(temp.path, { "target.md": "1" });
      const system = new SilentSystem();
      await using subject = await createSilent({}, { clock: system.clock, openEvents: system.openEvents });
      symlinkSync(join(temp.path, "target.md"), subject.at("link.md"));
      system.tell("link.md");
      system.clock.advance(20);
      await subject.followed.caughtUp();
      replaceFile(join(temp.path, "target.md"), "2");
      system.clock.advance(2100);
      system.clock.advance(100);
      await subject.followed.caughtUp();
      expect(subject.followed.changed).to.deep.equal(["link.md", "link.md"]);
    });

    it("notices that the root is reached through a link that leads elsewhere now", async () => {
      await using temp = await createTempFolder();
      plant(temp.path, { "one/docs/a.md": "1", "two/docs/a.md": "22" });
      symlinkSync("one", join(temp.path, "current"));
      const { clock, openEvents } = new SilentSystem();
      using followed = await FollowedFolder.open(join(temp.path, "current/docs"), { clock, openEvents });
      unlinkSync(join(temp.path, "current"));
      symlinkSync("two", join(temp.path, "current"));
      clock.advance(2000);
      clock.advance(20);
      await followed.caughtUp();
      expect(followed.changed).to.deep.equal(["a.md"]);
    });
  });

  it("leaves no timer behind, from wherever it ends", async () => {
    await using subject = await createSilent({ "a.md": "1" });
    const { clock, followed, system } = subject;
    expect(clock.due).to.have.lengthOf(2);
    system.tell("a.md");
    expect(clock.due).to.have.lengthOf(3);
    followed[Symbol.dispose]();
    expect(clock.due).to.have.lengthOf(0);
    followed.watcher[Symbol.dispose]();
    clock.advance(100_000);
    expect(await followed.next()).to.equal(undefined);
  });

  it("leaves no timer behind when it ends during its listing, which kept the process alive", async () => {
    await using subject = await createSilent({ "a.md": "1" });
    const clock = new FakeClock();
    const { openEvents } = subject.system;
    const options = { clock, openEvents, rescanIntervalMs: 60_000, pollIntervalMs: 5000, signals: [] };
    const watcher = new FolderWatcher(treeOf(subject.docs), { ...options, onFallback: () => undefined });
    const listing = watcher.scan();
    expect((await listing.next()).value).to.have.property("path", "a.md");
    watcher[Symbol.dispose]();
    expect(await listing.next()).to.have.property("done", true);
    expect(clock.due).to.deep.equal([]);
  });
});
