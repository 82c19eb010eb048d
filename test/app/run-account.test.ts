import { expect } from "chai";
import { stateOf } from "../../lib/app/environment.ts";
import { RunAccount } from "../../lib/app/run-account.ts";
import { RunOutcome } from "../../lib/app/run-outcome.ts";
import type { LoggedUpdate } from "../../lib/progress/record/logged-update.ts";
import { failureOf } from "../state/failure-of.ts";
import { useTestEnvironment } from "../test-environment.ts";

describe("RunAccount", () => {
  const test = useTestEnvironment();

  /** Keeps an account of a run that ends as `work` does; gives the update that was logged. */
  async function keep(kind: "update" | "drop", work: () => Promise<string>): Promise<LoggedUpdate> {
    const { environment } = test;
    const state = stateOf(environment);
    const app = { name: "a", environment, maxInflightComponents: 1 };
    const rows = await state.createRows(app.name);
    const outcome = new RunOutcome<string>(new AbortController().signal);
    {
      using account = new RunAccount({ app, state, kind, isLive: false, outcome });
      const report = account.openReport(rows);
      account.openGroup("Docs").complete(null);
      await outcome.decide(work).catch(() => {});
      report.complete(outcome.value);
      expect(state.updates.updates[0]).to.include({ app: "a", kind, isRunning: true });
    }
    return state.updates.updates[0]!;
  }

  it("logs a run with its groups while it lasts, and puts the end of an update on record", async () => {
    const update = await keep("update", async () => "value");
    expect(update.record()).to.include({ status: "ready", error: null });
    expect(update.record().groups.map(({ title }) => title)).to.deep.equal(["Docs"]);
    const [stored] = await test.environment.updates("a");
    expect(stored?.id).to.equal(update.id);
  });

  it("records what a run has failed with", async () => {
    const update = await keep("update", () => Promise.reject(new Error("boom")));
    expect(update.record().status).to.equal("failed");
    expect(update.record().error?.message).to.equal("boom");
  });

  it("puts no drop on record", async () => {
    await keep("drop", async () => "value");
    expect(await test.environment.updates("a")).to.deep.equal([]);
  });

  it("logs nothing of a run that has failed before it had a report", async () => {
    const state = stateOf(test.environment);
    const [before] = state.updates.updates;
    const outcome = new RunOutcome(new AbortController().signal);
    const app = { name: "a", environment: test.environment, maxInflightComponents: 1 };
    const account = new RunAccount({ app, state, kind: "update", isLive: false, outcome });
    await failureOf(outcome.attempt(() => Promise.reject(new Error("boom"))));
    account[Symbol.dispose]();
    expect(state.updates.updates[0]).to.equal(before);
  });
});
