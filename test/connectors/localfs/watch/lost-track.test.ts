import { expect } from "chai";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { createFollowed } from "./followed-folder.ts";
import { failureOf, plant, plantUnlistable } from "../test-tree.ts";

describe("FolderWatcher, when it loses track", () => {
  it("looks through everything when the system may have dropped events", async function () {
    if (process.platform !== "linux") this.skip();
    this.timeout(60_000);
    await using subject = await createFollowed({});
    // More than the kernel keeps for a process that has no time for them.
    for (let index = 0; index < 12_000; index++) writeFileSync(subject.at(`${index}.md`), "1");
    await subject.followed.caughtUp();
    expect(subject.followed.files).to.have.lengthOf(12_000);
  });

  it("follows another folder that replaces the root", async () => {
    await using subject = await createFollowed({ "a.md": "1", "b/c.md": "1" });
    plant(subject.beside("other"), { "b/c.md": "22", "b/d.md": "1" });
    renameSync(subject.docs, subject.beside("former"));
    renameSync(subject.beside("other"), subject.docs);
    await subject.followed.caughtUp();
    writeFileSync(subject.at("b/d.md"), "22");
    await subject.followed.caughtUp();
    rmSync(subject.docs, { recursive: true });
    plant(subject.docs, { "e.md": "1" });
    await subject.followed.caughtUp();
    expect([...subject.followed.files.keys()]).to.deep.equal(["e.md"]);
    expect(subject.followed.removed.toSorted()).to.deep.equal(["a.md", "b/c.md", "b/d.md"]);
  });

  it("throws when the root is gone, instead of taking all its files for removed", async () => {
    await using subject = await createFollowed({ "a.md": "1" });
    renameSync(subject.docs, subject.beside("away"));
    const error = await failureOf(subject.followed.next());
    expect(error.code).to.equal("FILE_READ_FAILED");
    expect(error.message).to.equal("Cannot walk docs: there is no such folder");
  });

  it("throws when a folder comes that cannot be listed, and goes on without it when `onError` returns", async function () {
    if (process.platform !== "linux") this.skip();
    await using subject = await createFollowed({ "a.md": "1" });
    await using lenient = await createFollowed({ "a.md": "1" }, { onError: () => undefined });
    await using _deep = await plantUnlistable(subject.docs);
    const error = await failureOf(subject.followed.caughtUp());
    expect(error.message).to.match(/^Cannot list docs\/deep\/.*: name too long \(ENAMETOOLONG\)$/);
    await using _other = await plantUnlistable(lenient.docs);
    writeFileSync(lenient.at("b.md"), "1");
    await lenient.followed.caughtUp();
    expect([...lenient.followed.files.keys()]).to.deep.equal(["a.md", "b.md"]);
  });

  it("throws for a file whose name is not valid UTF-8, as a walk does", async function () {
    if (process.platform !== "linux") this.skip();
    await using subject = await createFollowed({ "sub/a.md": "1" });
    writeFileSync(Buffer.concat([Buffer.from(subject.at("sub/caf")), Buffer.from([0xe9])]), "");
    const error = await failureOf(subject.followed.next());
    expect(error.message).to.equal("Cannot read docs/sub/caf\ufffd: its name is not valid UTF-8");
  });
});
