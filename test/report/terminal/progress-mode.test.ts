import { expect } from "chai";
import { chooseProgressMode, type Env } from "../../../lib/report/terminal/progress-mode.ts";

describe("chooseProgressMode", () => {
  it("draws an area on a terminal, and prints lines elsewhere", () => {
    expect(chooseProgressMode({}, true)).to.equal("tty");
    expect(chooseProgressMode({}, false)).to.equal("plain");
  });

  it("prints lines for accessible output, continuous integration and dumb terminals", () => {
    const cases: Env[] = [{ ACCESSIBLE: "1" }, { CI: "true" }, { CI: "woodpecker" }, { TERM: "dumb" }];
    for (const env of cases) expect(chooseProgressMode(env, true), JSON.stringify(env)).to.equal("plain");
  });

  it("takes an empty variable, 0 and false for not set, and leaves NO_COLOR to the colours", () => {
    const cases: Env[] = [
      { CI: "" },
      { CI: "0" },
      { CI: "False" },
      { ACCESSIBLE: "0" },
      { NO_COLOR: "1" },
      { TIDEMARK_PROGRESS: "" },
    ];
    for (const env of cases) expect(chooseProgressMode(env, true), JSON.stringify(env)).to.equal("tty");
  });

  it("takes TIDEMARK_PROGRESS before all else", () => {
    for (const mode of ["tty", "plain", "json", "none"] as const) {
      for (const isTerminal of [true, false]) {
        const env = { TIDEMARK_PROGRESS: mode, CI: "1", ACCESSIBLE: "1", TERM: "dumb" };
        expect(chooseProgressMode(env, isTerminal)).to.equal(mode);
      }
    }
  });

  it("refuses another value", () => {
    expect(() => chooseProgressMode({ TIDEMARK_PROGRESS: "fancy" }, true)).to.throw(
      RangeError,
      'Cannot show progress: `TIDEMARK_PROGRESS` must be tty, plain, json or none, got "fancy"',
    );
  });
});
