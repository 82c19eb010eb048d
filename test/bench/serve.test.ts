import { expect } from "chai";
import { runProgram } from "../../bench/program.ts";
import type { ServeFigures } from "../../bench/serve/table.ts";

describe("bench/serve", function () {
  this.timeout(60_000);

  it("gives every client that reads the final snapshot, and measures what they cost within a run", async () => {
    const figures = await runProgram<ServeFigures>("./serve/update.ts", ["3000", "60", "6", "1"]);
    expect([figures.least, figures.most]).to.deep.equal([1, 1]);
    const [alone] = figures.alone;
    const [served] = figures.served;
    expect(served?.share).to.be.within(0.00001, 0.2);
    // Not exactly none: an update is registered with the server, whoever looks.
    expect(alone?.share).to.be.below(served!.share / 2);
  });
});
