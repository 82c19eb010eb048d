import { expect } from "chai";
import { toPlainText } from "../../lib/text/plain-text.ts";

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
