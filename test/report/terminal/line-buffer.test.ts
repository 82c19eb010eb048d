import { expect } from "chai";
import { LineBuffer } from "../../../lib/report/terminal/line-buffer.ts";

describe("LineBuffer", () => {
  it("gives whole lines, and the rest once their line is ended", () => {
    const buffer = new LineBuffer();
    expect(buffer.take("one\ntwo\nthr")).to.equal("one\ntwo\n");
    expect(buffer.take("ee")).to.equal("");
    expect(buffer.take("\n")).to.equal("three\n");
    expect(buffer.takeRest()).to.equal("");
  });

  it("shows an unfinished line as a terminal would", () => {
    const buffer = new LineBuffer();
    buffer.take("10 %\r\u001b[32m20 %\u001b[0m");
    expect(buffer.preview).to.equal("20 %");
    expect(buffer.takeRest()).to.equal("10 %\r\u001b[32m20 %\u001b[0m");
    expect(buffer.preview).to.equal("");
  });

  it("forgets the overwritten parts of a line that never ends", () => {
    const buffer = new LineBuffer();
    for (let step = 0; step < 10_000; step++) buffer.take(`\rstep ${step}`);
    expect(buffer.takeRest())
      .to.have.length.below(5000)
      .and.to.match(/\rstep 9999$/);
  });

  it("keeps a long line whole", () => {
    const buffer = new LineBuffer();
    const text = "x".repeat(100_000);
    buffer.take(text);
    expect(buffer.take("\n")).to.equal(`${text}\n`);
  });
});
