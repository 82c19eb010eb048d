import { expect } from "chai";
import { RunOutcome } from "../../lib/app/run-outcome.ts";
import { RunShutdown } from "../../lib/app/run-shutdown.ts";
import { collectDiag } from "../diag-log.ts";
import { failureOf } from "../state/failure-of.ts";

describe("RunShutdown", () => {
  const full = new Error("ENOSPC");
  let log: string[];
  let outcome: RunOutcome<string>;

  beforeEach(() => {
    log = [];
    outcome = new RunOutcome(new AbortController().signal);
  });

  function shutDown(writeError?: Error): Promise<void> {
    const live = { stop: async () => void log.push("stopped") };
    const written = async (): Promise<void> => {
      log.push("written");
      if (writeError !== undefined) throw writeError;
    };
    const abort = (reason: unknown): void => void log.push(`aborted: ${String(reason)}`);
    const run = { abort, live, written, report: { app: "a" } } as unknown as ConstructorParameters<
      typeof RunShutdown
    >[0];
    return new RunShutdown(run, outcome)[Symbol.asyncDispose]();
  }

  it("stops what is live, then waits for the writes", async () => {
    await outcome.decide(async () => "value");
    await shutDown();
    expect(log).to.deep.equal(["stopped", "written"]);
    expect(outcome.status).to.equal("ready");
  });

  it("fails a run that has succeeded with the error of a write", async () => {
    await outcome.decide(async () => "value");
    expect(await failureOf(shutDown(full))).to.equal(full);
    expect(outcome.failure).to.deep.equal({ error: full });
  });

  it("aborts a run that has failed first, so that nothing in progress keeps it from ending", async () => {
    await failureOf(outcome.decide(() => Promise.reject(new Error("boom"))));
    await shutDown();
    expect(log).to.deep.equal(["aborted: Error: boom", "stopped", "written"]);
  });

  it("logs the error of a write in a run that has failed, unless it is that failure", async () => {
    using diag = collectDiag();
    const boom = new Error("boom");
    await failureOf(outcome.decide(() => Promise.reject(boom)));
    await shutDown(boom);
    expect(diag.messages).to.deep.equal([]);
    await shutDown(full);
    expect(diag.messages).to.deep.equal([
      'tidemark: the run of app "a" that has failed could not write its state either',
    ]);
    expect(outcome.failure).to.deep.equal({ error: boom });
  });
});
