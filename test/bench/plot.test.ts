import { expect } from "chai";
import { renderPlot, type Plot } from "../../bench/plot.ts";

const PLOT: Plot = {
  title: "Time & size",
  xLabel: "components",
  yLabel: "µs",
  series: [
    {
      label: "first",
      points: [
        [10, 5],
        [100, 10],
        [1000, 10],
      ],
    },
    {
      label: "unchanged",
      points: [
        [10, 0],
        [1000, 2.5],
      ],
    },
  ],
};

describe("renderPlot", () => {
  it("places points by the logarithm of x, from 0 upwards", () => {
    const lines = [...renderPlot(PLOT).matchAll(/<polyline points="([^"]*)"/g)].map(([, points]) => points);
    expect(lines).to.deep.equal(["60,156 342,40 624,40", "60,272 624,214"]);
  });

  it("labels the axes with round numbers", () => {
    const svg = renderPlot(PLOT);
    for (const label of ["0", "2", "10", "100", "1K"]) expect(svg).to.include(`>${label}</text>`);
  });

  it("escapes what it is given", () => {
    expect(renderPlot(PLOT)).to.include("Time &amp; size</title>");
  });

  it("can show a single point at 0", () => {
    const svg = renderPlot({ ...PLOT, series: [{ label: "one", points: [[1, 0]] }] });
    expect(svg).to.include('points="60,272"').and.not.to.include("NaN");
  });
});
