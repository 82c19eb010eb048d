import { expect } from "chai";
import { chmodSync, linkSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { memoState } from "../../../lib/engine/memo/memoizable.ts";
import { createFileSubject, ignore, isImmediate, LONG_AGO, peek, read, stateAfter } from "./file-subject.ts";
import { findFile, replaceFile } from "./test-tree.ts";

describe("File, as an argument of a memoized function, while size and modification time are the same", () => {
  it("has changed when a file of the same time and size has replaced it", async () => {
    await using subject = await createFileSubject("aaaa");
    const state = await stateAfter(await subject.find(), read);
    replaceFile(subject.path, "bbbb");
    expect((await (await subject.find())[memoState]!(state)).isValid).to.equal(false);
  });

  it("has changed when it was written in place, of the same size, and its time was set back", async () => {
    await using subject = await createFileSubject("aaaa");
    const state = await stateAfter(await subject.find(), read);
    subject.write("bbbb");
    expect((await (await subject.find())[memoState]!(state)).isValid).to.equal(false);
  });

  it("has changed when a link leads to another file of the same time and size", async () => {
    await using subject = await createFileSubject("aaaa");
    const other = `${subject.path}.other`;
    writeFileSync(other, "bbbb");
    utimesSync(other, LONG_AGO, LONG_AGO);
    renameSync(subject.path, `${subject.path}.one`);
    symlinkSync(`${subject.path}.one`, subject.path);
    const state = await stateAfter(await subject.find(), read);
    rmSync(subject.path);
    symlinkSync(other, subject.path);
    expect((await (await subject.find())[memoState]!(state)).isValid).to.equal(false);
  });

  it("has changed when it was replaced after it was found, and back after it was read", async () => {
    await using subject = await createFileSubject("aaaa");
    const file = await subject.find();
    replaceFile(subject.path, "bbbb");
    const state = await stateAfter(file, read);
    expect((await (await subject.find())[memoState]!(state)).isValid).to.equal(true);
    replaceFile(subject.path, "aaaa");
    expect((await (await subject.find())[memoState]!(state)).isValid).to.equal(false);
  });

  it("has changed when it was replaced while it was read", async () => {
    await using subject = await createFileSubject("a".repeat(200_000));
    const file = await subject.find();
    let hasReplaced = false;
    for await (const _ of file.stream()) {
      if (!hasReplaced) replaceFile(subject.path, "b".repeat(200_000));
      hasReplaced = true;
    }
    const { state } = await file[memoState]!(undefined);
    expect((await (await subject.find())[memoState]!(state)).isValid).to.equal(false);
  });

  it("has changed when it was replaced between a part that was read and the whole", async () => {
    await using subject = await createFileSubject("a".repeat(200_000));
    const file = await subject.find();
    await peek(file);
    replaceFile(subject.path, "b".repeat(200_000));
    const state = await stateAfter(file, read);
    expect((await (await subject.find())[memoState]!(state)).isValid).to.equal(false);
  });

  for (const [change, apply] of Object.entries({
    "was replaced by a copy": (path: string) => replaceFile(path, "aaaa"),
    "was written again with its time set back": (path: string) => {
      writeFileSync(path, "aaaa");
      utimesSync(path, LONG_AGO, LONG_AGO);
    },
    "has another mode": (path: string) => chmodSync(path, 0o640),
    "has another hard link": (path: string) => linkSync(path, `${path}.link`),
  })) {
    it(`is unchanged when it ${change}, and trusted from then on`, async () => {
      await using subject = await createFileSubject("aaaa");
      const state = await stateAfter(await subject.find(), read);
      apply(subject.path);
      const answer = await (await subject.find())[memoState]!(state);
      expect(answer.isValid).to.equal(true);
      expect(answer.state).to.not.deep.equal(state);
      const next = (await subject.find())[memoState]!(answer.state);
      expect(isImmediate(next)).to.equal(true);
      expect((await next).state).to.equal(answer.state);
    });
  }

  it("is unchanged, at once and with the same state, when it was replaced and never read to its end", async () => {
    for (const use of [ignore, peek]) {
      await using subject = await createFileSubject("a".repeat(200_000));
      const state = await stateAfter(await subject.find(), use);
      replaceFile(subject.path, "b".repeat(200_000));
      const answer = (await subject.find())[memoState]!(state);
      expect(isImmediate(answer)).to.equal(true);
      expect((await answer).isValid).to.equal(true);
      expect((await answer).state).to.equal(state);
    }
  });

  it("is unchanged when it has another hard link while a part of it is read", async () => {
    await using subject = await createFileSubject("a".repeat(200_000));
    const state = await stateAfter(await subject.find(), async (file) => {
      for await (const _ of file.stream()) {
        linkSync(subject.path, `${subject.path}.link`);
        break;
      }
    });
    expect((await (await subject.find())[memoState]!(state)).isValid).to.equal(true);
  });

  it("is unchanged, at once, for a state without inode, and has both from then on", async () => {
    await using subject = await createFileSubject("aaaa");
    const state = (await stateAfter(await subject.find(), read)) as readonly unknown[];
    replaceFile(subject.path, "bbbb");
    const answer = (await subject.find())[memoState]!(state.slice(0, 4));
    expect(isImmediate(answer)).to.equal(true);
    expect((await answer).isValid).to.equal(true);
    const { ctimeNs, ino } = statSync(subject.path, { bigint: true });
    expect((await answer).state).to.deep.equal([...state.slice(0, 4), Number(ino), Number(ctimeNs)]);
    replaceFile(subject.path, "aaab");
    expect((await (await subject.find())[memoState]!((await answer).state)).isValid).to.equal(false);
  });

  it("is decided by its content when its change time was of the moment it was read", async () => {
    await using subject = await createFileSubject("aaaa");
    const found = await findFile(dirname(subject.path), "a.md");
    const state = (await stateAfter(found, read)) as readonly unknown[];
    subject.write("bbbb");
    // A coarse clock gives the rewritten file the change time of the one that was read.
    const { ctimeNs, ino } = statSync(subject.path, { bigint: true });
    const same = [...state.slice(0, 4), Number(ino), Number(ctimeNs)];
    expect((await (await subject.find())[memoState]!(same)).isValid).to.equal(false);
  });
});
