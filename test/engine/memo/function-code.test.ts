import { expect } from "chai";
import { codeOf } from "../../../lib/engine/memo/function-code.ts";

describe("codeOf", () => {
  const same: readonly (readonly [change: string, one: string, other: string])[] = [
    ["a comment", "f(a) /* x */", "f(a)"],
    ["a comment line", "{ a()\n  b() }", "{ a()\n  // about b\n  b() }"],
    ["the text of a comment", "{ a() // one\n}", "{ a() // other\n}"],
    ["empty lines", "{ a()\n\n\n  b() }", "{ a()\n  b() }"],
    ["kinds of line breaks", "{ a()\r\n  b() }", "{ a()\n  b() }"],
    ["indentation", "{\n\ta( b )\n}", "{\n    a(b)\n}"],
    ["blanks in place of types", "(a        ) => a", "(a) => a"],
    ["a comment with a slash", "(a) => a / 2 // half / of it", "(a) => a / 2"],
    ["a comment between template parts", "`a ${b /* c */} d`", "`a ${b} d`"],
  ];
  for (const [change, one, other] of same) {
    it(`does not depend on ${change}`, () => expect(codeOf(one)).to.equal(codeOf(other)));
  }

  const different: readonly (readonly [part: string, one: string, other: string])[] = [
    ["a token", "a + b", "a - b"],
    ["where tokens end", "a + +b", "a ++b"],
    ["a line break", "return\n1", "return 1"],
    ["a line break in a comment", "return /*\n*/ 1", "return /* */ 1"],
    ["blanks in a text", "'a  b'", "'a b'"],
    ["a comment in a text", "'a // b'", "'a // c'"],
    ["blanks in a template", "`a  ${1} b`", "`a ${1} b`"],
    ["line breaks in a template", "`a\n\nb`", "`a\nb`"],
    ["blanks in the middle of a template", "`${1}  ${2}`", "`${1} ${2}`"],
    ["blanks in a template inside a template", "`${`a  b`}`", "`${`a b`}`"],
    ["blanks in a regular expression", "a = /b  c/", "a = /b c/"],
    ["a comment in a regular expression", "a = /[/*]  b/", "a = /[/*] b/"],
    ["the letter case of a name", "a.b", "a.B"],
  ];
  for (const [part, one, other] of different) {
    it(`depends on ${part}`, () => expect(codeOf(one)).not.to.equal(codeOf(other)));
  }

  const uncertain: readonly (readonly [reason: string, source: string])[] = [
    ["a slash after a brace", "{ if (a) {} /b  c/.test(d) }"],
    ["a slash after a label's block", "switch (a) { case 1: {} /b  'c/.test(d) }"],
    ["a slash after ++", "a ++ /b  c/ d"],
    ["a slash after `of`", "for (const a of /b  c/[d]) e(a)"],
    ["a slash after `yield`", "function* a() { yield /b  c/ }"],
    ["a slash after `for await`", "async () => { for await (const a of b) /c  d/.test(a) }"],
    ["a comment for HTML", "a <!-- it's  a comment"],
    ["an unknown character", "@a  class B {}"],
    ["an open text", "'a  b"],
    ["an open template", "`a  b"],
    ["an open comment", "a  /* b"],
  ];
  for (const [reason, source] of uncertain) {
    it(`compares the whole source where its tokens are uncertain: ${reason}`, () => {
      expect(codeOf(source)).to.equal(source);
    });
  }

  it("tells a division from a regular expression", () => {
    for (const source of [
      "(a + b) / 2 /  c",
      "a[0] / 2 /  c",
      "a.return / 2 /  c",
      "'a' / 2 /  c",
      "if (a) /b/  .test(c)",
    ]) {
      expect(codeOf(source), source).to.equal(codeOf(source.replace("  ", " ")));
      expect(codeOf(source), source).not.to.equal(source);
    }
  });

  it("keeps a getter that reads a private name", () => {
    const source = "class Live { #a = 1; get a() { return this.#a } }";
    expect(codeOf(source)).to.equal(codeOf(source.replace("{ return", "{   return")));
  });
});
