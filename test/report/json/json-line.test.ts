import { expect } from "chai";
import { formatJsonLine } from "../../../lib/report/json/json-line.ts";

describe("formatJsonLine", () => {
  const record = { app: "docs", group: null, final: true } as const;

  it("keeps a result that JSON can hold, and makes none null", () => {
    expect(JSON.parse(formatJsonLine({ ...record, result: { a: [1] } })).result).to.deep.equal({ a: [1] });
    expect(JSON.parse(formatJsonLine(record)).result).to.equal(null);
    expect(JSON.parse(formatJsonLine({ ...record, result: undefined })).result).to.equal(null);
  });

  it("writes a bigint as text", () => {
    expect(JSON.parse(formatJsonLine({ ...record, result: 12n })).result).to.equal("12");
  });

  it("leaves a result out that JSON cannot hold", () => {
    const cycle: Record<string, unknown> = {};
    cycle["self"] = cycle;
    expect(JSON.parse(formatJsonLine({ ...record, result: cycle }))).to.deep.equal({ ...record, result: null });
  });

  it("has no character that a terminal acts on", () => {
    const line = formatJsonLine({ ...record, group: "a\u009b2J\u007f\u202e" });
    expect(line).to.match(/^[\u0020-\u007e]*$/);
    expect(JSON.parse(line)).to.have.property("group", "a\u009b2J\u007f\u202e");
  });

  it("gives one line whatever the title holds", () => {
    expect(formatJsonLine({ ...record, group: "a\nb\u2028" }).split("\n")).to.have.length(1);
  });
});
