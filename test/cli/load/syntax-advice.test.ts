import { expect } from "chai";
import { adviseOnSyntax } from "../../../lib/cli/load/syntax-advice.ts";

/** The advice for an error at `^` in a line. */
function adviseAt(marked: string, canUse: boolean): string | undefined {
  const place = { path: "/app.ts", line: 1, column: marked.indexOf("^") + 1, message: "Unexpected identifier 'it'" };
  return adviseOnSyntax(undefined, place, marked.replace("^", ""), () => canUse);
}

describe("adviseOnSyntax", () => {
  const USES = [
    "using ^it = open();",
    "  await using ^it = open();",
    "for (using ^it of all) {}",
    "{ using ^it: Resource = open(); }",
  ];
  for (const line of USES) {
    it(`says which Node an engine without \`using\` is to be replaced by: ${line}`, () => {
      expect(adviseAt(line, false)).to.include("`using` needs Node 24").and.include(process.versions.node);
    });
  }

  it("does not blame `using` where the engine knows it, or where it is a name", () => {
    expect(adviseAt("using ^it = open();", true)).to.equal(undefined);
    expect(adviseAt("reusing ^it = 1;", false)).to.equal(undefined);
    expect(adviseAt("const a ^b = using;", false)).to.equal(undefined);
  });
});
