import { expect } from "chai";
import fc from "fast-check";
import { escapeUnprintable, toPlainText, toPrintableJson } from "../../lib/text/plain-text.ts";

describe("toPlainText", () => {
  it("leaves ordinary text, accents and emoji as they are", () => {
    expect(toPlainText("Indexing “docs” – naïve 👩‍👩‍👧 古")).to.equal("Indexing “docs” – naïve 👩‍👩‍👧 古");
  });

  it("removes colours and cursor movements", () => {
    expect(toPlainText("\u001b[31mred\u001b[0m \u001b[2Jgone\u009b1A")).to.equal("red gone");
  });

  it("removes OSC sequences, such as links and window titles", () => {
    expect(toPlainText("\u001b]0;evil\u0007a \u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\")).to.equal("a link");
  });

  it("turns line breaks and tabs into one space", () => {
    expect(toPlainText("a\r\n\tb\u2028c")).to.equal("a b c");
  });

  it("removes other control characters and marks that turn the direction of writing", () => {
    expect(toPlainText("a\u0000\u0007\u007f\u202eb\u2066c\u001b")).to.equal("abc");
  });

  it("replaces half a surrogate pair", () => {
    expect(toPlainText("a\ud800")).to.equal("a\ufffd");
  });
});

describe("escapeUnprintable", () => {
  it("leaves ordinary text, accents, emoji and backslashes as they are", () => {
    const text = String.raw`Indexing “docs” – naïve 👩‍👩‍👧 古 C:\new\users\u12`;
    expect(escapeUnprintable(text)).to.equal(text);
  });

  it("escapes control characters, line breaks, marks of direction and half a surrogate pair", () => {
    expect(escapeUnprintable("a\n\u001b[31m\u009b\u2028\u202e\ud800")).to.equal(
      String.raw`a\u000a\u001b[31m\u009b\u2028\u202e\ud800`,
    );
  });

  it("can be reversed for any text", () => {
    const unescape = (text: string): string =>
      text.replaceAll(/\\u([0-9a-f]{4})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
    const unit = fc.oneof(
      fc.constantFrom("\\", "u", "0", "a", "\\u", "\\u000a", "\u001b"),
      fc.string({ unit: "binary" }),
    );
    const text = fc.array(unit).map((parts) => parts.join(""));
    fc.assert(fc.property(text, (given) => unescape(escapeUnprintable(given)) === given));
  });
});

describe("toPrintableJson", () => {
  it("gives the same value as plain JSON, without a character that a terminal acts on", () => {
    const value = { "a\u009b": ["\u001b[31m", "\u2028\u007f\u202e", String.raw`\u001b`, "\ud800", { b: 1 }] };
    const json = toPrintableJson(value);
    expect(JSON.parse(json)).to.deep.equal(value);
    expect(json).to.match(/^[\u0020-\u007e]*$/);
  });
});
