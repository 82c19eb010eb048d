import { expect } from "chai";
import { checkTargetPath } from "../../../lib/connectors/localfs/target-path.ts";
import { TidemarkError } from "../../../lib/errors.ts";

function refusal(path: unknown, separator?: string): unknown {
  try {
    checkTargetPath(path, separator);
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
    for (const path of ["..", "../a", "a/../b", "a/..", "/a", "//a/b"]) {
      const error = refusal(path);
      expect(error).to.be.instanceOf(TidemarkError);
      expect((error as TidemarkError).code).to.equal("OUTSIDE_TARGET");
      expect((error as TidemarkError).facts).to.deep.equal({ path });
    }
  });

  it("takes a colon for a part of a name, but not on Windows", () => {
    for (const path of ["a:b", "C:/a", "c:a", "C:", "12:30/log:1.md"]) {
      expect(refusal(path, "/"), path).to.equal(undefined);
    }
    for (const path of ["a:b", "C:/a", "c:a", "C:", "\\\\server\\share"]) {
      expect(refusal(path, "\\"), path).to.be.instanceOf(TidemarkError).and.to.have.property("code", "OUTSIDE_TARGET");
    }
    for (const path of ["ab:c", "a/c:/d", "a/b\\c"]) expect(refusal(path, "\\"), path).to.be.instanceOf(TypeError);
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
