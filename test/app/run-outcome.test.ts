import { expect } from "chai";
import { RunOutcome } from "../../lib/app/run-outcome.ts";
import { failureOf } from "../state/failure-of.ts";

describe("RunOutcome", () => {
  const boom = new Error("boom");
  const fail = (error: unknown) => async (): Promise<never> => {
    throw error;
  };

  it("is ready with the value of the deciding phase", async () => {
    const outcome = new RunOutcome<string>(new AbortController().signal);
    expect(await outcome.attempt(async () => 1)).to.equal(1);
    expect(outcome.status, "undecided").to.equal("failed");
    expect(await outcome.decide(async () => "value")).to.equal("value");
    expect(outcome).to.include({ status: "ready", value: "value", failure: undefined });
  });

  it("is the first failure of any phase, also of one after the value", async () => {
    const outcome = new RunOutcome<string>(new AbortController().signal);
    await outcome.decide(async () => "value");
    expect(await failureOf(outcome.attempt(fail(boom)))).to.equal(boom);
    await failureOf(outcome.attempt(fail(new Error("later"))));
    expect(outcome.status).to.equal("failed");
    expect(outcome.failure).to.deep.equal({ error: boom });
  });

  it("is aborted when the failure is the reason of the signal", async () => {
    const stop = new AbortController();
    const [aborted, failed] = [new RunOutcome(stop.signal), new RunOutcome(stop.signal)];
    stop.abort(boom);
    await failureOf(aborted.decide(fail(boom)));
    await failureOf(failed.decide(fail(new Error("other"))));
    expect([aborted.status, failed.status]).to.deep.equal(["aborted", "failed"]);
  });
});
