import { expect } from "chai";
import { renderFailures } from "../../lib/cli/failure-summary.ts";
import type { ComponentFailure } from "../../lib/progress/report.ts";

function fail(message: string, path: string): ComponentFailure {
  return { component: "doc", path, group: null, error: new Error(message), at: new Date(0) };
}

describe("renderFailures", () => {
  it("renders nothing for no failures", () => {
    expect(renderFailures([])).to.deep.equal([]);
  });

  it("groups by message, the most frequent first, with the first path", () => {
    expect(renderFailures([fail("rare", "/x"), fail("often", "/a"), fail("often", "/b")])).to.deep.equal([
      "3 failures:",
      "  ✗ 2 times often (first at /a)",
      "  ✗ rare (/x)",
    ]);
  });

  it("shows at most ten causes and counts the others", () => {
    const lines = renderFailures(Array.from({ length: 12 }, (_, index) => fail(`cause ${index}`, "/a")));
    expect(lines).to.have.length(12);
    expect(lines.at(-1)).to.equal("  +2 more causes");
  });

  it("says when there were more errors than failures that were kept", () => {
    expect(renderFailures([fail("boom", "/a")], 1204)[0]).to.equal("1,204 failures, the newest 1:");
    expect(renderFailures([fail("boom", "/a")], 1)[0]).to.equal("1 failure:");
  });

  it("takes messages and paths as data", () => {
    expect(renderFailures([fail("a\n\u001b[31mb", "/x\u001b]0;t\u0007")])[1]).to.equal("  ✗ a b (/x)");
  });
});
