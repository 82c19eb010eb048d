import { expect } from "chai";
import { writeFileSync } from "node:fs";
import { plant } from "../test-tree.ts";
import { createSilent } from "./silent-system.ts";

describe("FolderWatcher when the system cannot watch", () => {
  const failure = Object.assign(new Error("ENOSPC: no space left on device, watch"), { code: "ENOSPC" });

  it("says so once, releases the watches that it has, and looks every `pollIntervalMs`", async () => {
    await using subject = await createSilent({ "a/b.md": "1" });
    const { clock, followed, system } = subject;
    expect(system.watched).to.deep.equal(["", "a/"]);
    system.failure = failure;
    plant(subject.docs, { "c/d.md": "1" });
    system.tell("c");
    clock.advance(20);
    await followed.caughtUp();
    expect(system.watched).to.deep.equal([]);
    expect(followed.fallbacks.map(({ code, message }) => [code, message])).to.deep.equal([
      [
        "WATCH_UNAVAILABLE",
        "Cannot watch docs, so it is looked through every 5000 ms instead: the limit of watched folders is reached (ENOSPC); " +
          "raise fs.inotify.max_user_watches, or `exclude` more",
      ],
    ]);
    for (let round = 0; round < 3; round++) {
      plant(subject.docs, { [`e/${round}.md`]: "1" });
      clock.advance(5000);
      clock.advance(20);
      await followed.caughtUp();
    }
    expect(followed.fallbacks).to.have.lengthOf(1);
  });

  it("tries to watch again after `rescanIntervalMs`", async () => {
    await using subject = await createSilent({ "a/b.md": "1" }, { failure });
    const { clock, followed, system } = subject;
    expect(followed.fallbacks).to.have.lengthOf(1);
    system.failure = undefined;
    for (let waitedMs = 0; waitedMs < 55_000; waitedMs += 5020) {
      expect(system.watched).to.deep.equal([]);
      writeFileSync(subject.at("c.md"), String(waitedMs));
      clock.advance(5020);
      await followed.next();
    }
    writeFileSync(subject.at("c.md"), "last");
    clock.advance(5020);
    await followed.caughtUp();
    expect(system.watched).to.deep.equal(["", "a/"]);
  });

  it("tries no more often than that however often it fails, as it once did at every look after the first time", async () => {
    await using subject = await createSilent({ "a.md": "1" }, { failure });
    const { clock, followed, system } = subject;
    const attempts: number[] = [];
    const startedAt = clock.now();
    for (let round = 0; attempts.length < 3; round++) {
      const before = system.numOpened;
      writeFileSync(subject.at("a.md"), String(round));
      clock.advance(5020);
      await followed.next();
      if (system.numOpened > before) attempts.push(clock.now() - startedAt);
    }
    for (const [index, at] of attempts.entries()) expect(at - (attempts[index - 1] ?? 0)).to.be.within(60_000, 66_000);
  });

  it("opens no watch when it ends between a mention and the look at it, as it did for good", async () => {
    await using subject = await createSilent({ "a/b.md": "1" }, { failure, rescanIntervalMs: 4000 });
    const { clock, followed, system } = subject;
    system.failure = undefined;
    const following = followed.next();
    clock.advance(5000);
    clock.advance(20);
    followed[Symbol.dispose]();
    expect(await following).to.equal(undefined);
    expect([system.isOpen, system.watched]).to.deep.equal([false, []]);
  });

  it("leaves it to the listing when only one folder is the reason", async () => {
    const gone = Object.assign(new Error("EACCES: permission denied, watch"), { code: "EACCES" });
    await using subject = await createSilent({ "a/b.md": "1" }, { failure: gone });
    expect(subject.followed.fallbacks).to.have.lengthOf(0);
    expect([...subject.followed.files.keys()]).to.deep.equal(["a/b.md"]);
  });
});
