import { expect } from "chai";
import { NewFailures } from "../../../lib/progress/view/new-failures.ts";
import type { ComponentFailure } from "../../../lib/progress/report.ts";

const failures: readonly ComponentFailure[] = ["a", "b", "c", "d"].map((path) => ({
  component: "doc",
  path,
  group: null,
  error: new Error("boom"),
  at: new Date(0),
}));

describe("NewFailures", () => {
  it("gives each failure once, also when the oldest have been dropped", () => {
    const news = new NewFailures();
    expect(news.take([])).to.deep.equal([]);
    expect(news.take(failures.slice(0, 2))).to.deep.equal(failures.slice(0, 2));
    expect(news.take(failures.slice(0, 2))).to.deep.equal([]);
    expect(news.take(failures.slice(1, 3))).to.deep.equal(failures.slice(2, 3));
    expect(news.numTaken).to.equal(3);
  });

  it("takes all failures for new when none of the former ones is left", () => {
    const news = new NewFailures();
    news.take(failures.slice(0, 1));
    expect(news.take(failures.slice(2))).to.deep.equal(failures.slice(2));
  });
});
