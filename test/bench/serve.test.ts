import { expect } from "chai";
import { runProgram } from "../../bench/program.ts";
import type { ServeFigures } from "../../bench/serve/table.ts";

describe("bench/serve", function () {
  this.timeout(60_000);

  it("gives every client that reads the final snapshot, and measures what they cost within a run", async () => {
    const figures = await runProgram<ServeFigures>("./serve/update.ts", ["20000", "60", "6", "2"]);
    expect([figures.least, figures.most]).to.deep.equal([1, 1]);
    expect([figures.alone.length, figures.served.length]).to.deep.equal([2, 2]);
    for (const { cpuMs, ms } of [...figures.alone, ...figures.served]) expect(cpuMs).to.be.within(1, 1.2 * ms);
    expect(figures.shareServed).to.be.within(0.00001, 0.05);
    // Not exactly none: an update is registered with the server, whoever looks.
    expect(figures.shareAlone).to.be.below(figures.shareServed / 2);
  });
});
