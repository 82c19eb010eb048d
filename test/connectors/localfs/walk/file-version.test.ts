import { expect } from "chai";
import type { BigIntStats } from "node:fs";
import {
  isChangeTimeSettled,
  isSameVersion,
  isSettled,
  versionOf,
} from "../../../../lib/connectors/localfs/walk/file-version.ts";

describe("versionOf", () => {
  it("keeps inodes beyond 2^53 apart", () => {
    const versions = [2n ** 53n, 2n ** 53n + 1n, 2n ** 64n - 1n, 2n ** 64n - 2n].map((ino) =>
      versionOf(statsWith({ ino })),
    );
    expect(new Set(versions.map(({ ino }) => ino)).size).to.equal(4);
    expect(versions[1]!.ino).to.equal("9007199254740993");
    expect(versionOf(statsWith({ ino: 2n ** 53n - 1n })).ino).to.equal(Number.MAX_SAFE_INTEGER);
  });
});

describe("isSameVersion", () => {
  const one = versionOf(statsWith({}));

  it("tells files apart by modification time, size, change time and inode", () => {
    expect(isSameVersion(one, versionOf(statsWith({})))).to.equal(true);
    for (const other of [{ mtimeNs: 1n }, { size: 1n }, { ctimeNs: 1n }, { ino: 1n }]) {
      expect(isSameVersion(one, versionOf(statsWith(other)))).to.equal(false);
    }
  });

  it("ignores an inode of 0", () => {
    const unknown = versionOf(statsWith({ ino: 0n }));
    expect(isSameVersion(one, unknown)).to.equal(true);
    expect(isSameVersion(unknown, one)).to.equal(true);
  });
});

describe("isSettled", () => {
  const secondMs = 1_600_000_000_000;
  const settled = (mtimeNs: bigint, ageMs: number): boolean =>
    isSettled({ mtimeNs }, Number(mtimeNs / 1_000_000n) + ageMs);

  it("trusts a time with a fraction of a second after 20 ms", () => {
    const mtimeNs = BigInt(secondMs) * 1_000_000n + 1n;
    expect(settled(mtimeNs, 20)).to.equal(false);
    expect(settled(mtimeNs, 21)).to.equal(true);
  });

  it("trusts a time of whole seconds after two seconds", () => {
    const mtimeNs = BigInt(secondMs) * 1_000_000n;
    expect(settled(mtimeNs, 2000)).to.equal(false);
    expect(settled(mtimeNs, 2001)).to.equal(true);
  });

  it("does not trust a time to come", () => {
    expect(settled(BigInt(secondMs) * 1_000_000n + 1n, -5000)).to.equal(false);
  });
});

describe("isChangeTimeSettled", () => {
  it("trusts the change time as a modification time of its own", () => {
    const ctimeNs = 1_600_000_000_000_000_256;
    expect(isChangeTimeSettled({ ctimeNs }, 1_600_000_000_020)).to.equal(false);
    expect(isChangeTimeSettled({ ctimeNs }, 1_600_000_000_021)).to.equal(true);
    expect(isChangeTimeSettled({ ctimeNs: ctimeNs - 256 }, 1_600_000_002_000)).to.equal(false);
  });
});

function statsWith(stats: Partial<Pick<BigIntStats, "mtimeNs" | "ctimeNs" | "size" | "ino">>): BigIntStats {
  return { mtimeNs: 5n, ctimeNs: 7n, size: 3n, ino: 9n, ...stats } as BigIntStats;
}
