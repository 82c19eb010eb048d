import { expect } from "chai";
import { checkTargetPath } from "../../../lib/connectors/localfs/target-path.ts";
import { TidemarkError } from "../../../lib/errors.ts";

function refusal(path: unknown): unknown {
  try {
    checkTargetPath(path);
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("checkTargetPath", () => {
  it("accepts names with / between them", () => {
    for (const path of ["a", "a/b.html", ".a/..b/c..", "a b/é/日本", "ab:c", "a/c:/d"]) {
      expect(refusal(path)).to.equal(undefined);
    }
  });

  it("refuses paths that lead out of the folder", () => {
    for (const path of ["..", "../a", "a/../b", "a/..", "/a", "//a/b", "C:/a", "c:a"]) {
      const error = refusal(path);
      expect(error).to.be.instanceOf(TidemarkError);
      expect((error as TidemarkError).code).to.equal("OUTSIDE_TARGET");
      expect((error as TidemarkError).facts).to.deep.equal({ path });
    }
  });

  it("refuses texts that are no path of a file", () => {
    for (const path of ["", ".", "./a", "a/./b", "a//b", "a/", "a\0b", "a\ud800", undefined, null, 1]) {
      expect(refusal(path)).to.be.instanceOf(TypeError);
    }
    expect((refusal("a//b") as Error).message).to.equal(
      'Cannot declare a file: `path` must be names separated by single "/", got "a//b"',
    );
  });
});
