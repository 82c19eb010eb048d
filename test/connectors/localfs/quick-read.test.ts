import { execFileSync } from "node:child_process";
import { expect } from "chai";
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { contentHash } from "../../../lib/connectors/localfs/content-hash.ts";
import { versionOf, type FileVersion } from "../../../lib/connectors/localfs/walk/file-version.ts";
import { QuickReader } from "../../../lib/connectors/localfs/quick-read.ts";
import { FakeClock } from "../../fake-clock.ts";
import { createTempFolder } from "../../temp-folder.ts";
import { replaceFile, untilSettled } from "./test-tree.ts";

/** A clock that goes on by `stepMs` each time it is read. */
class SteppingClock extends FakeClock {
  stepMs = 0;

  override now(): number {
    this.advance(this.stepMs);
    return super.now();
  }
}

async function createSubject(content: string) {
  const temp = await createTempFolder();
  const path = join(temp.path, "a.md");
  writeFileSync(path, content);
  utimesSync(path, 1e9 + 0.5, 1e9 + 0.5);
  await untilSettled(path);
  const found = versionOf(statSync(path, { bigint: true }));
  const clock = new SteppingClock();
  const reader = new QuickReader(clock);
  const read = (version: FileVersion = found) => reader.read(path, version, new Uint8Array(100));
  return { path, found, clock, read, [Symbol.asyncDispose]: () => temp[Symbol.asyncDispose]() };
}

describe("QuickReader", () => {
  it("gives the content with its version and hash", async () => {
    await using subject = await createSubject("Grüße");
    const bytes = new TextEncoder().encode("Grüße");
    expect(subject.read()).to.deep.equal({
      bytes,
      reading: { version: subject.found, hash: contentHash(bytes), isSettled: true, isChangeTimeSettled: true },
    });
  });

  it("leaves a file to others that is longer, shorter or younger than it was found", async () => {
    await using subject = await createSubject("abc");
    const { found } = subject;
    expect(subject.read({ ...found, sizeBytes: 2 })).to.equal(undefined);
    expect(subject.read({ ...found, sizeBytes: 4 })).to.equal(undefined);
    expect(subject.read({ ...found, mtimeNs: found.mtimeNs - 1n })).to.equal(undefined);
    appendFileSync(subject.path, "d");
    expect(subject.read()).to.equal(undefined);
  });

  it("leaves a file to others that has replaced the one that was found, with its size and modification time", async () => {
    await using subject = await createSubject("abc");
    replaceFile(subject.path, "xyz");
    expect(subject.read()).to.equal(undefined);
  });

  it("leaves a path that is gone or has become a folder to the asynchronous read", async () => {
    await using subject = await createSubject("abc");
    rmSync(subject.path);
    expect(subject.read()).to.equal(undefined);
    mkdirSync(subject.path);
    expect(subject.read()).to.equal(undefined);
  });

  it("does not wait for a pipe that has replaced the file", async function () {
    if (process.platform === "win32") this.skip();
    await using subject = await createSubject("abc");
    rmSync(subject.path);
    execFileSync("mkfifo", [subject.path]);
    expect(subject.read()).to.equal(undefined);
  });

  it("takes nothing out of a pipe that has replaced the file", async function () {
    if (process.platform === "win32") this.skip();
    await using subject = await createSubject("abc");
    rmSync(subject.path);
    execFileSync("mkfifo", [subject.path]);
    const pipe = openSync(subject.path, "r+");
    try {
      writeSync(pipe, "abcdef");
      expect(subject.read()).to.equal(undefined);
      const left = Buffer.alloc(10);
      expect(left.toString("utf8", 0, readSync(pipe, left))).to.equal("abcdef");
    } finally {
      closeSync(pipe);
    }
  });

  it("leaves the next 64 files to others when one was slow, and tries again then", async () => {
    await using subject = await createSubject("abc");
    const { clock } = subject;
    clock.stepMs = 2;
    expect(subject.read()).to.not.equal(undefined);
    clock.stepMs = 0;
    for (let index = 0; index < 64; index++) expect(subject.read()).to.equal(undefined);
    expect(subject.read()).to.not.equal(undefined);
    expect(subject.read()).to.not.equal(undefined);
  });
});
