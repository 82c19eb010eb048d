import { expect } from "chai";
import { EnvironmentState } from "../../lib/app/environment-state.ts";
import { logException } from "../../lib/app/log-exception.ts";
import { systemClock } from "../../lib/time/system-clock.ts";

describe("EnvironmentState", () => {
  const create = (options = {}): EnvironmentState =>
    new EnvironmentState({ name: "test", dbPath: "unused", root: "/", isRootGiven: false, ...options });

  it("has the clock of the machine, the console as log and standard output as reporter unless given others", () => {
    const [changed, other] = [create(), create()];
    changed.exceptionLog = () => {};
    changed.stdoutReporter = async () => {};
    expect(other.clock).to.equal(systemClock);
    expect(other.handlers).to.deep.equal([logException]);
    expect(other.stdoutReporter).to.not.equal(changed.stdoutReporter);
  });

  it("logs failures only where it has no exception handler", () => {
    const [onException, log] = [() => {}, () => {}];
    const [silent, handled] = [create(), create({ onException })];
    for (const state of [silent, handled]) state.exceptionLog = log;
    expect(silent.handlers).to.deep.equal([log]);
    expect(handled.handlers).to.deep.equal([onException]);
  });
});
