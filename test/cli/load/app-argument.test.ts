import { expect } from "chai";
import { parseAppArgument } from "../../../lib/cli/load/app-argument.ts";
import { UsageError } from "../../../lib/cli/console/usage-error.ts";

describe("parseAppArgument", () => {
  const cases: [text: string, file: string, appName: string | undefined][] = [
    ["pipeline.ts", "pipeline.ts", undefined],
    ["./a b/pipeline.mts:docs", "./a b/pipeline.mts", "docs"],
    ["C:\\work\\x.ts", "C:\\work\\x.ts", undefined],
    ["C:\\work\\x.ts:app", "C:\\work\\x.ts", "app"],
    ["c:/work/x.cjs:app", "c:/work/x.cjs", "app"],
    ["C:\\work\\noextension", "C:\\work\\noextension", undefined],
    ["C:\\work\\noextension:app", "C:\\work\\noextension", "app"],
    ["pipeline:docs", "pipeline", "docs"],
    ["x.ts:docs:en", "x.ts", "docs:en"],
    ["x.ts:other.ts", "x.ts", "other.ts"],
    ["folder.ts/x.js:y", "folder.ts/x.js", "y"],
    ["12:30/x.ts", "12:30/x.ts", undefined],
    ["a:b.ts", "a:b.ts", undefined],
    ["a:b.ts:docs", "a:b.ts", "docs"],
    ["a:b.ts:docs:en", "a:b.ts", "docs:en"],
  ];

  for (const [text, file, appName] of cases) {
    it(`reads ${text}`, () => {
      expect(parseAppArgument(text)).to.deep.equal({ file, appName });
    });
  }

  it("lets the file that is there decide where the path ends", () => {
    const there = ["v.ts:1/x.ts", "x.ts:y.ts", "odd:name", "x.ts"];
    const parse = (text: string): object => parseAppArgument(text, (file) => there.includes(file));
    expect(parse("v.ts:1/x.ts")).to.deep.equal({ file: "v.ts:1/x.ts", appName: undefined });
    expect(parse("v.ts:1/x.ts:docs")).to.deep.equal({ file: "v.ts:1/x.ts", appName: "docs" });
    expect(parse("x.ts:y.ts"), "the longest").to.deep.equal({ file: "x.ts:y.ts", appName: undefined });
    expect(parse("x.ts:z.ts")).to.deep.equal({ file: "x.ts", appName: "z.ts" });
    expect(parse("odd:name:docs")).to.deep.equal({ file: "odd:name", appName: "docs" });
    expect(() => parse("v.ts:1/x.ts:")).to.throw(UsageError, "must name an app");
  });

  it("rejects a colon without a name, and an empty text", () => {
    expect(() => parseAppArgument("x.ts:")).to.throw(UsageError, 'got "x.ts:"');
    expect(() => parseAppArgument("")).to.throw(UsageError, "empty");
  });
});
