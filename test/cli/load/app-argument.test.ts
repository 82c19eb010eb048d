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
  ];

  for (const [text, file, appName] of cases) {
    it(`reads ${text}`, () => {
      expect(parseAppArgument(text)).to.deep.equal({ file, appName });
    });
  }

  it("rejects a colon without a name, and an empty text", () => {
    expect(() => parseAppArgument("x.ts:")).to.throw(UsageError, 'got "x.ts:"');
    expect(() => parseAppArgument("")).to.throw(UsageError, "empty");
  });
});
