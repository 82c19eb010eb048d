import { expect } from "chai";
import fc from "fast-check";
import { prefixEnd } from "../../lib/state/stable-key.ts";
import { MAX_KEY_BYTES } from "../../lib/state/store.ts";

describe("prefixEnd", () => {
  it("is above all keys with the prefix and not above any other key that is above them", () => {
    const part = fc.uint8Array({ maxLength: 3, min: 0xfd });
    fc.assert(
      fc.property(part, part, part, (prefix, rest, other) => {
        const end = prefixEnd(prefix);
        expect(Buffer.compare(Buffer.concat([prefix, rest]), end)).to.equal(-1);
        const hasPrefix = Buffer.compare(other.subarray(0, prefix.length), prefix) === 0;
        if (!hasPrefix && Buffer.compare(other, prefix) > 0) expect(Buffer.compare(other, end)).to.be.at.least(0);
      }),
      { numRuns: 2000 },
    );
  });

  it("is above every key when no key with the prefix has one above it", () => {
    const largest = new Uint8Array(MAX_KEY_BYTES).fill(0xff);
    for (const prefix of [new Uint8Array(0), Uint8Array.of(0xff), largest]) {
      expect(Buffer.compare(largest, prefixEnd(prefix))).to.equal(-1);
    }
  });

  it("leaves the prefix as it is, a Buffer too", () => {
    const prefix = Buffer.from([1, 2]);
    expect([...prefixEnd(prefix)]).to.deep.equal([1, 3]);
    expect([...prefix]).to.deep.equal([1, 2]);
  });
});
