import { expect } from "chai";
import { runProgram } from "../../bench/program.ts";
import type { ServeFigures } from "../../bench/serve/table.ts";

describe("bench/serve", function () {
  this.timeout(60_000);

  it("gives every client that reads the final snapshot, and measures what they cost within a run", async () => {
    const figures = await runProgram<ServeFigures>("./serve/update.ts", ["3000", "60", "6", "1"]);
    expect([figures.least, figures.most]).to.deep.equal([1, 1]);
    expect(figures.alone[0]?.share).to.equal(0);
    expect(figures.served[0]?.share).to.be.within(0.00001, 0.2);
  });
});
