import { expect } from "chai";
import { fileState, vouchedState, type ContentReading } from "../../../lib/connectors/localfs/file-memo.ts";
import type { FileVersion } from "../../../lib/connectors/localfs/walk/file-version.ts";

const version: FileVersion = { mtimeNs: 5n, sizeBytes: 3, ctimeNs: 7, ino: 9 };
const reading: ContentReading = { version, hash: "abc", isSettled: true, isChangeTimeSettled: true };

describe("vouchedState", () => {
  const state = fileState(version, [reading]);

  it("gives the state back for the same version", () => {
    expect(vouchedState(state, { ...version })).to.equal(state);
  });

  it("leaves another modification time, size, change time or inode to the hash", () => {
    for (const other of [{ mtimeNs: 6n }, { sizeBytes: 4 }, { ctimeNs: 8 }, { ino: 10 }]) {
      expect(vouchedState(state, { ...version, ...other })).to.equal(undefined);
    }
  });

  it("takes an inode of 0 for any", () => {
    expect(vouchedState(state, { ...version, ino: 0 })).to.equal(state);
    const unknown = fileState({ ...version, ino: 0 }, [{ ...reading, version: { ...version, ino: 0 } }]);
    expect(vouchedState(unknown, version)).to.equal(unknown);
  });

  it("tells inodes beyond 2^53 apart", () => {
    const large = { ...version, ino: "9007199254740993" };
    const stored = fileState(large, [{ ...reading, version: large }]);
    expect(vouchedState(stored, large)).to.equal(stored);
    expect(vouchedState(stored, { ...large, ino: "9007199254740992" })).to.equal(undefined);
  });

  it("compares modification time and size alone where there is no hash", () => {
    const unread = fileState(version, []);
    expect(vouchedState(unread, { ...version, ctimeNs: 8, ino: 10 })).to.equal(unread);
    expect(vouchedState(unread, { ...version, mtimeNs: 6n })).to.equal(undefined);
  });

  it("does not trust a change time of the moment of the reading", () => {
    const racy = fileState(version, [{ ...reading, isChangeTimeSettled: false }]);
    expect(vouchedState(racy, version)).to.equal(undefined);
    const part = fileState(version, [{ ...reading, hash: undefined, isChangeTimeSettled: false }]);
    expect(vouchedState(part, version)).to.equal(part);
  });

  it("adds inode and change time to a state of version 0.1.0", () => {
    expect(vouchedState(["5", 3, "abc", true], version)).to.deep.equal(["5", 3, "abc", true, 9, 7]);
    expect(vouchedState(["5", 3, null, true], version)).to.deep.equal(["5", 3, null, true, 9, 7]);
    expect(vouchedState(["5", 3, "abc", false], version)).to.equal(undefined);
  });
});
