import { expect } from "chai";
import { CountTable } from "../../../lib/report/github/count-table.ts";
import { createStats } from "../views.ts";

describe("CountTable", () => {
  it("adds up groups of one title, apart from the run's own report, which comes last", () => {
    const table = new CountTable();
    table.add(null, createStats({ doc: [1, 0, 1] }));
    table.add("Docs", createStats({ doc: [2, 0, 1, 0, 0, 1], main: [1, 1] }));
    table.add("Docs", createStats({ doc: [3, 0, 3] }));
    const rows = table.rows.map(({ component, stats, title }) => [title, component, stats.numAdds, stats.numErrors]);
    expect(rows).to.deep.equal([
      ["Docs", "doc", 4, 1],
      ["Docs", "main", 0, 0],
      [null, "doc", 1, 0],
    ]);
    expect(table.rest).to.equal(null);
  });

  it("keeps a limited number of rows, and the sum of all others", () => {
    const table = new CountTable();
    for (let index = 0; index < 10_000; index++) table.add(`Group ${index}`, createStats({ doc: [1, 0, 1] }));
    table.add(null, createStats({ main: [1, 0, 1] }));
    expect(table.rows.length).to.be.lessThan(1000);
    expect(table.rows.at(-1)).to.include({ title: null, component: "main" });
    expect(table.rows.length + table.rest!.numAdds).to.equal(10_001);
  });
});
