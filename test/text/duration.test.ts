import { expect } from "chai";
import { formatDuration, formatDurationRange } from "../../lib/text/duration.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

describe("formatDuration", () => {
  it("shows tenths below a minute", () => {
    expect([0, 49, 4249, 12_000].map(formatDuration)).to.deep.equal(["0.0 s", "0.0 s", "4.2 s", "12.0 s"]);
  });

  it("shows minutes and seconds below an hour", () => {
    expect([MINUTE, 72 * SECOND, HOUR - 1].map(formatDuration)).to.deep.equal([
      "1 min 0 s",
      "1 min 12 s",
      "59 min 59 s",
    ]);
  });

  it("shows hours and minutes below a day, then days and hours", () => {
    expect(formatDuration(2 * HOUR + 3 * MINUTE)).to.equal("2 h 3 min");
    expect(formatDuration(76 * HOUR)).to.equal("3 d 4 h");
  });

  it("never rounds up to a unit that is not reached", () => {
    expect(formatDuration(MINUTE - 1)).to.equal("59.9 s");
    expect(formatDuration(24 * HOUR - 1)).to.equal("23 h 59 min");
  });

  it("takes a negative duration as none", () => {
    expect(formatDuration(-5)).to.equal("0.0 s");
  });
});

describe("formatDurationRange", () => {
  it("rounds its ends away from each other, to one unit if they share it", () => {
    expect(formatDurationRange(3100, 4100)).to.equal("3 to 5 s");
    expect(formatDurationRange(90 * SECOND, 150 * SECOND)).to.equal("1 to 3 min");
    expect(formatDurationRange(40 * SECOND, 70 * SECOND)).to.equal("40 s to 2 min");
    expect(formatDurationRange(2 * HOUR, 30 * HOUR)).to.equal("2 h to 2 d");
  });

  it("does not make a range of one value", () => {
    expect(formatDurationRange(4000, 4000)).to.equal("about 4 s");
  });

  it("begins at 0", () => {
    expect(formatDurationRange(-5, 900)).to.equal("0 to 1 s");
  });
});
