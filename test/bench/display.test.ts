import { expect } from "chai";
import type { DisplayFigures } from "../../bench/display/table.ts";
import { runProgram } from "../../bench/program.ts";

describe("bench/display", function () {
  this.timeout(60_000);

  it("measures runs with and without a display, and the share of the display within a run", async () => {
    const figures = await runProgram<DisplayFigures>("./display/update.ts", ["3000", "2"], {
      env: { TIDEMARK_PROGRESS: "tty" },
    });
    expect(figures.withDisplay).to.have.length(2);
    expect(figures.without).to.have.length(2);
    // A display that drew nothing would have no share at all.
    for (const share of figures.shares) expect(share).to.be.within(0.00001, 0.2);
  });
});
