import { expect } from "chai";
import { formatPath, symbolKey, type StableKey } from "../../lib/state/stable-key.ts";

describe("formatPath", () => {
  const paths: readonly [StableKey[], string][] = [
    [[], "/"],
    [[symbolKey("processDoc"), "guide/intro.md", 1], '/@processDoc/"guide/intro.md"/1'],
    [['a "b"\n', ""], String.raw`/"a \"b\"\n"/""`],
    [[12n, -1.5, true, null], "/12n/-1.5/true/null"],
    [[Uint8Array.of(0, 255), new Uint8Array(0)], "/0x00ff/0x"],
    [[[1, ["a", symbolKey("b")]], []], '/[1, ["a", @b]]/[]'],
    [[symbolKey("größe$1"), symbolKey("two words"), symbolKey("a/b")], '/@größe$1/@"two words"/@"a/b"'],
  ];
  for (const [path, text] of paths) {
    it(`renders ${text}`, () => {
      expect(formatPath(path)).to.equal(text);
    });
  }
});
