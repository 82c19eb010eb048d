import { expect } from "chai";
import { browserClock } from "../../lib/serve/page/browser-clock.ts";

describe("browserClock", () => {
  it("goes on with its date when that of the machine is set (bug: the page stood still for as long)", () => {
    const before = browserClock.date().getTime();
    const { Date: SystemDate } = globalThis;
    globalThis.Date = class extends SystemDate {
      constructor(...given: [] | [number]) {
        super(given[0] ?? 0);
      }
    } as DateConstructor;
    try {
      expect(browserClock.date().getTime()).to.be.within(before, before + 3_600_000);
    } finally {
      globalThis.Date = SystemDate;
    }
  });
});
