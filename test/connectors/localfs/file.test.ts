import { expect } from "chai";
import { mkdirSync, rmSync, statSync, truncateSync } from "node:fs";
import { memoState } from "../../../lib/engine/memo/memoizable.ts";
import { createFileSubject, ignore, isImmediate, peek, read, stateAfter } from "./file-subject.ts";
import { collect, failureOf, findFile } from "./test-tree.ts";

describe("File", () => {
  describe("when it is read", () => {
    it("gives its content as text, bytes and stream", async () => {
      await using subject = await createFileSubject("Grüße 😀");
      const file = await subject.find();
      const bytes = new TextEncoder().encode("Grüße 😀");
      expect(await file.text()).to.equal("Grüße 😀");
      expect(await file.bytes()).to.deep.equal(bytes);
      expect(Buffer.concat(await collect(file.stream()))).to.deep.equal(Buffer.from(bytes));
    });

    it("gives text without a byte order mark and with U+FFFD for what is no UTF-8, and bytes as they are", async () => {
      await using subject = await createFileSubject(Buffer.from([0xef, 0xbb, 0xbf, 0x61, 0xff, 0x62]));
      const file = await subject.find();
      expect(await file.text()).to.equal("a\ufffdb");
      expect(await file.bytes()).to.have.lengthOf(6);
    });

    it("reads empty and large files", async () => {
      await using subject = await createFileSubject("");
      const empty = await subject.find();
      expect(await empty.text()).to.equal("");
      expect(await collect(empty.stream())).to.deep.equal([]);
      const large = new Uint8Array(5_000_000).map((_, index) => (index * 31) % 251);
      subject.write(large);
      const file = await subject.find();
      expect(Buffer.compare(await file.bytes(), large)).to.equal(0);
      expect(Buffer.compare(Buffer.concat(await collect(file.stream())), large)).to.equal(0);
    });

    it("reads files that do not tell their size", async function () {
      if (process.platform !== "linux") this.skip();
      const file = await findFile("/proc/self/net", "dev");
      expect(file.size).to.equal(0);
      expect(await file.text()).to.include("Inter-");
      expect(Buffer.concat(await collect(file.stream())).toString()).to.include("Inter-");
    });

    it("rejects with FILE_READ_FAILED, its path and the system's error when the file is gone", async () => {
      await using subject = await createFileSubject("a");
      const file = await subject.find();
      rmSync(subject.path);
      for (const start of [() => file.text(), () => file.bytes(), () => collect(file.stream())]) {
        const error = await failureOf(start());
        expect(error.code).to.equal("FILE_READ_FAILED");
        expect(error.message).to.equal(`Cannot read ${subject.path}: no such file or directory (ENOENT)`);
        expect((error.cause as NodeJS.ErrnoException).code).to.equal("ENOENT");
      }
    });

    it("rejects when there is a folder now", async () => {
      await using subject = await createFileSubject("a");
      const file = await subject.find();
      rmSync(subject.path);
      mkdirSync(subject.path);
      expect((await failureOf(file.text())).message).to.include("(EISDIR)");
    });

    it("opens a stream when its first piece is asked for, and closes it when it is cancelled", async () => {
      await using subject = await createFileSubject("a".repeat(200_000));
      const file = await subject.find();
      const unused = file.stream();
      for await (const piece of file.stream()) {
        expect(piece.length).to.be.lessThan(200_000);
        break;
      }
      rmSync(subject.path);
      await failureOf(collect(unused));
    });
  });

  describe("as an argument of a memoized function", () => {
    it("is unchanged, at once and with the same state, while times, size and inode are the same", async () => {
      await using subject = await createFileSubject("aaaa");
      for (const use of [read, ignore]) {
        const state = await stateAfter(await subject.find(), use);
        const answer = (await subject.find())[memoState]!(state);
        expect(isImmediate(answer)).to.equal(true);
        expect(await answer).to.deep.equal({ state, isValid: true });
        expect((await answer).state).to.equal(state);
      }
    });

    it("is unchanged when it was touched and its content is the same, and trusted from then on", async () => {
      await using subject = await createFileSubject("aaaa");
      const state = await stateAfter(await subject.find(), read);
      const later = new Date("2021-01-01T00:00:00.250Z");
      subject.write("aaaa", later);
      const answer = await (await subject.find())[memoState]!(state);
      expect(answer.isValid).to.equal(true);
      expect(answer.state).to.not.deep.equal(state);
      expect(isImmediate((await subject.find())[memoState]!(answer.state))).to.equal(true);
    });

    it("has changed when time and content differ", async () => {
      await using subject = await createFileSubject("aaaa");
      const state = await stateAfter(await subject.find(), read);
      subject.write("bbbb", new Date("2021-01-01T00:00:00.250Z"));
      expect((await (await subject.find())[memoState]!(state)).isValid).to.equal(false);
    });

    it("has changed, at once, when the size differs", async () => {
      await using subject = await createFileSubject("aaaa");
      const state = await stateAfter(await subject.find(), read);
      subject.write("aaaaa");
      const answer = (await subject.find())[memoState]!(state);
      expect(isImmediate(answer)).to.equal(true);
      expect((await answer).isValid).to.equal(false);
    });

    it("has changed when it was touched and its content was never read", async () => {
      await using subject = await createFileSubject("aaaa");
      const state = await stateAfter(await subject.find(), ignore);
      subject.write("aaaa", new Date("2021-01-01T00:00:00.250Z"));
      expect((await (await subject.find())[memoState]!(state)).isValid).to.equal(false);
    });

    it("has changed when it cannot be read any more", async () => {
      await using subject = await createFileSubject("aaaa");
      const state = await stateAfter(await subject.find(), read);
      subject.write("aaaa", new Date("2021-01-01T00:00:00.250Z"));
      const file = await subject.find();
      rmSync(subject.path);
      expect((await file[memoState]!(state)).isValid).to.equal(false);
    });

    it("has changed for a state that is none of its own", async () => {
      await using subject = await createFileSubject("aaaa");
      for (const state of [
        undefined,
        null,
        1,
        [],
        ["1", 4],
        ["1", 4, null, true, 1],
        ["1", 4, null, true, 1, 2],
        { mtimeMs: 1 },
      ]) {
        expect((await (await subject.find())[memoState]!(state)).isValid).to.equal(false);
      }
    });

    it("gives states that survive JSON", async () => {
      await using subject = await createFileSubject("aaaa");
      const state = await stateAfter(await subject.find(), read);
      expect(JSON.parse(JSON.stringify(state))).to.deep.equal(state);
    });

    it("is decided by its content when it had been modified at the moment it was read (racily clean)", async () => {
      // A time to come is one that a later change may share, too.
      const time = new Date(Date.now() + 60_000);
      await using subject = await createFileSubject("aaaa", time);
      const state = await stateAfter(await subject.find(), read);
      expect((await (await subject.find())[memoState]!(state)).isValid).to.equal(true);
      subject.write("bbbb", time);
      expect((await (await subject.find())[memoState]!(state)).isValid).to.equal(false);
    });

    it("is not read again and again for having been modified just before it was read", async () => {
      await using subject = await createFileSubject("aaaa", new Date(Date.now() + 60_000));
      const first = await stateAfter(await subject.find(), read);
      // What a later run finds: the same time and content, and the clock has moved on.
      const time = new Date("2022-01-01T00:00:00.250Z");
      subject.write("aaaa", time);
      const { state } = await (await subject.find())[memoState]!(first);
      expect(isImmediate((await subject.find())[memoState]!(state))).to.equal(true);
    });

    it("has the memo state of the content that was read, not of the version that the walk has found", async () => {
      await using subject = await createFileSubject("old!");
      const file = await subject.find();
      const later = new Date("2021-01-01T00:00:00.250Z");
      subject.write("new!", later);
      const state = await stateAfter(file, read);
      expect((await (await subject.find())[memoState]!(state)).isValid).to.equal(true);
      subject.write("old!");
      expect((await (await subject.find())[memoState]!(state)).isValid).to.equal(false);
    });

    it("vouches for nothing when two readings differ", async () => {
      await using subject = await createFileSubject("aaaa");
      const file = await subject.find();
      await file.text();
      const later = new Date("2021-01-01T00:00:00.250Z");
      subject.write("bbbb", later);
      const state = await stateAfter(file, read);
      expect((await (await subject.find())[memoState]!(state)).isValid).to.equal(false);
    });

    it("never claims the old content for a file that changed while it was read", async () => {
      await using subject = await createFileSubject("a".repeat(200_000));
      const file = await subject.find();
      for await (const _ of file.stream()) subject.write("b".repeat(200_000), new Date("2021-01-01T00:00:00.250Z"));
      const { state } = await file[memoState]!(undefined);
      subject.write("a".repeat(200_000));
      expect((await (await subject.find())[memoState]!(state)).isValid).to.equal(false);
    });

    it("vouches for nothing when the file became shorter while it was read", async () => {
      await using subject = await createFileSubject("a".repeat(200_000));
      const file = await subject.find();
      for await (const _ of file.stream()) truncateSync(subject.path, 70_000);
      const { state } = await file[memoState]!(undefined);
      const { mtime } = statSync(subject.path);
      subject.write("b".repeat(70_000), mtime);
      expect((await (await subject.find())[memoState]!(state)).isValid).to.equal(false);
    });

    it("has the hash of a stream that was read to its end", async () => {
      await using subject = await createFileSubject("a".repeat(200_000));
      const state = await stateAfter(await subject.find(), (file) => collect(file.stream()));
      expect(state).to.deep.equal(await stateAfter(await subject.find(), read));
    });

    it("has no hash of a stream that was not: time and size alone decide", async () => {
      await using subject = await createFileSubject("a".repeat(200_000));
      const state = await stateAfter(await subject.find(), peek);
      expect((await (await subject.find())[memoState]!(state)).isValid).to.equal(true);
      subject.write("a".repeat(200_000), new Date("2021-01-01T00:00:00.250Z"));
      expect((await (await subject.find())[memoState]!(state)).isValid).to.equal(false);
      subject.write("a".repeat(200_000), new Date(Date.now() + 60_000));
      const racy = await stateAfter(await subject.find(), peek);
      expect((await (await subject.find())[memoState]!(racy)).isValid).to.equal(false);
    });

    it("has the hash of the content when a stream was tried before it was read as a whole", async () => {
      await using subject = await createFileSubject("a".repeat(200_000));
      const state = await stateAfter(await subject.find(), async (file) => {
        for await (const _ of file.stream()) break;
        await file.text();
      });
      expect(state).to.deep.equal(await stateAfter(await subject.find(), read));
    });

    it("has no valid memo state while a read is in progress, or after one has failed", async () => {
      await using subject = await createFileSubject("aaaa");
      const pending = await subject.find();
      pending.stream();
      const failed = await subject.find();
      rmSync(subject.path);
      await failureOf(failed.text());
      subject.write("aaaa");
      for (const file of [pending, failed]) {
        const { state } = await file[memoState]!(undefined);
        expect((await (await subject.find())[memoState]!(state)).isValid).to.equal(false);
      }
    });

    it("keeps its hash when the caller changes the bytes", async () => {
      await using subject = await createFileSubject("aaaa");
      const file = await subject.find();
      (await file.bytes()).fill(0);
      for await (const piece of file.stream()) piece.fill(0);
      const state = (await file[memoState]!(undefined)).state;
      expect(state).to.deep.equal(await stateAfter(await subject.find(), read));
    });
  });
});
