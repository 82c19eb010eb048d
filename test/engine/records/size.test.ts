import { expect } from "chai";
import { encodeSize, readFourBytes, readSize, sizeLength } from "../../../lib/engine/records/size.ts";

describe("size", () => {
  const sizes: readonly (readonly [size: number, bytes: readonly number[]])[] = [
    [0, [0]],
    [1, [1]],
    [127, [127]],
    [128, [129, 0]],
    [300, [130, 44]],
    [16_383, [255, 127]],
    [16_384, [129, 128, 0]],
    [2 ** 35 + 5, [129, 128, 128, 128, 128, 5]],
  ];
  for (const [size, bytes] of sizes) {
    it(`of ${size} takes ${bytes.length} bytes, and is read back`, () => {
      expect([...encodeSize(size)]).to.deep.equal(bytes);
      expect([sizeLength(size), readSize(Uint8Array.of(9, ...bytes, 9), 1)]).to.deep.equal([bytes.length, size]);
    });
  }

  it("of format 1 is read from four bytes", () => {
    expect(readFourBytes(Uint8Array.of(9, 255, 0, 1, 2, 9), 1)).to.equal(255 * 2 ** 24 + 256 + 2);
  });
});
