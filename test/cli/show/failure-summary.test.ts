import { expect } from "chai";
import { renderFailures } from "../../../lib/cli/show/failure-summary.ts";
import { createCause } from "../../report/views.ts";

describe("renderFailures", () => {
  it("renders nothing for no failures", () => {
    expect(renderFailures([], 0)).to.deep.equal([]);
  });

  it("gives a line to each cause, with its count and the first path", () => {
    expect(renderFailures([createCause("often", 2), createCause("rare", 1, "/x")], 3)).to.deep.equal([
      "3 failures:",
      "  ✗ 2 times often (first at /a)",
      "  ✗ rare (/x)",
    ]);
  });

  it("shows at most ten causes and counts the others", () => {
    const causes = Array.from({ length: 12 }, () => createCause("boom"));
    const lines = renderFailures(causes, 12);
    expect(lines).to.have.length(12);
    expect(lines.at(-1)).to.equal("  ✗ +2 more causes");
  });

  it("says when there were more errors than failures that were kept", () => {
    expect(renderFailures([createCause("boom")], 1204)[0]).to.equal("1,204 failures, the causes of 1 are known:");
    expect(renderFailures([createCause("boom")], 1)[0]).to.equal("1 failure:");
  });
});
