import { expect } from "chai";
import { CauseTally } from "../../../lib/progress/view/failure-causes.ts";
import type { ComponentFailure } from "../../../lib/progress/report.ts";

function fail(error: unknown, path = "/a"): ComponentFailure {
  return { component: "doc", path, group: null, error, at: new Date(0) };
}

/** The causes as [count, message, first path]. */
function tally(...failures: ComponentFailure[]): [number, string, string][] {
  const causes = new CauseTally();
  for (const failure of failures) causes.add(failure);
  return causes.causes().map(({ count, first, message }) => [count, message, first.path]);
}

describe("CauseTally", () => {
  it("counts failures with one message, the most frequent first, with the first path", () => {
    expect(
      tally(fail(new Error("rare"), "/x"), fail(new Error("often"), "/b"), fail(new Error("often"), "/c")),
    ).to.deep.equal([
      [2, "often", "/b"],
      [1, "rare", "/x"],
    ]);
  });

  it("tells classes of errors apart", () => {
    expect(tally(fail(new RangeError("no")), fail(new TypeError("no")))).to.have.length(2);
  });

  it("takes messages for one that differ in paths, numbers, quoted names and identifiers, and shows what they share", () => {
    const cases: [string, string, string][] = [
      [
        "ENOENT: no such file, open '/a/b.md'",
        "ENOENT: no such file, open '/c/d e.md'",
        "ENOENT: no such file, open '…'",
      ],
      ["Cannot read docs/a.md", "Cannot read docs/deep/b.md", "Cannot read …"],
      ["EIO: i/o error at /a/b", "EIO: i/o error at C:\\a\\c", "EIO: i/o error at …"],
      ["Line 12 is 3.5 too long", "Line 7 is 1,204 too long", "Line … is … too long"],
      ['No column "a"', 'No column "b"', 'No column "…"'],
      ["request 0fb2c3d4e5 timed out", "request 99aa88bbcc timed out", "request … timed out"],
    ];
    for (const [one, other, shared] of cases) {
      expect(tally(fail(new Error(one)), fail(new Error(other)))).to.deep.equal([[2, shared, "/a"]]);
      expect(tally(fail(new Error(one)), fail(new Error(one)))).to.deep.equal([[2, one, "/a"]]);
    }
  });

  it("keeps messages apart that differ in words", () => {
    expect(tally(fail(new Error("disk full")), fail(new Error("disk gone")))).to.have.length(2);
  });

  it("takes whatever was thrown, and keeps neither endless messages nor endless causes", () => {
    expect(tally(fail("text"), fail(undefined))).to.have.length(2);
    expect(tally(fail(new Error("x".repeat(100_000))))[0]![1]).to.have.length(501);
    const words = Array.from({ length: 1000 }, (_, index) =>
      String(index).replace(/\d/g, (digit) => "abcdefghij"[Number(digit)]!),
    );
    expect(tally(...words.map((word) => fail(new Error(word))))).to.have.length(200);
  });
});
