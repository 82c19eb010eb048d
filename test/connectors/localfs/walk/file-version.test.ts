import { expect } from "chai";
import { isSettled } from "../../../../lib/connectors/localfs/walk/file-version.ts";

describe("isSettled", () => {
  const secondMs = 1_600_000_000_000;
  const settled = (mtimeNs: bigint, ageMs: number): boolean =>
    isSettled({ mtimeNs, sizeBytes: 0 }, Number(mtimeNs / 1_000_000n) + ageMs);

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
