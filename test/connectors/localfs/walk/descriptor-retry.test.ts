import { expect } from "chai";
import { DescriptorRetry } from "../../../../lib/connectors/localfs/walk/descriptor-retry.ts";
import { TidemarkError } from "../../../../lib/errors.ts";
import { FakeClock } from "../../../fake-clock.ts";
import { until } from "../../../until.ts";

/** A retry whose pauses are not shortened, and an operation that fails `numFailures` times with a code. */
function createSubject({ code = "EMFILE", numFailures = Infinity } = {}) {
  const clock = new FakeClock();
  const retry = new DescriptorRetry(clock, () => 0);
  const triedAt: number[] = [];
  const subject = { clock, retry, triedAt, numFailures, open };
  function open(): string {
    triedAt.push(clock.now());
    if (triedAt.length > subject.numFailures) return "opened";
    throw Object.assign(new Error("failed"), { code });
  }
  return subject;
}

/** Lets all pauses pass until `work` is over; gives its value or its error. */
async function outcomeOf(work: Promise<unknown>, clock: FakeClock): Promise<unknown> {
  let outcome: { value: unknown } | undefined;
  work.then(
    (value) => (outcome = { value }),
    (error: unknown) => (outcome = { value: error }),
  );
  await until(() => outcome !== undefined, {
    next: () =>
      new Promise((resolve) => setImmediate(resolve)).then(() =>
        clock.advance(clock.due[0] === undefined ? 0 : clock.due[0] - clock.now()),
      ),
    explain: () => clock.due,
  });
  return outcome!.value;
}

describe("DescriptorRetry", () => {
  for (const code of ["EMFILE", "ENFILE"]) {
    it(`retries with growing pauses while there is ${code}`, async () => {
      const { clock, open, retry, triedAt } = createSubject({ code, numFailures: 3 });
      expect(await outcomeOf(retry.run(open), clock)).to.equal("opened");
      expect(triedAt).to.deep.equal([0, 10, 30, 70]);
    });
  }

  it("retries for the cause of an error", async () => {
    const { clock, open, retry, triedAt } = createSubject({ numFailures: 1 });
    const write = (): string => {
      try {
        return open();
      } catch (cause) {
        throw new TidemarkError("FILE_WRITE_FAILED", "failed", { cause });
      }
    };
    expect(await outcomeOf(retry.run(write), clock)).to.equal("opened");
    expect(triedAt).to.have.length(2);
  });

  it("does not retry any other failure", async () => {
    const { clock, open, retry, triedAt } = createSubject({ code: "ENOENT", numFailures: 1 });
    expect(await outcomeOf(retry.run(open), clock)).to.have.property("code", "ENOENT");
    expect(triedAt).to.have.length(1);
  });

  it("fails after nine retries, and does not retry others before one has succeeded", async () => {
    const subject = createSubject();
    const { clock, open, retry, triedAt } = subject;
    expect(await outcomeOf(retry.run(open), clock)).to.have.property("code", "EMFILE");
    expect(triedAt).to.deep.equal([0, 10, 30, 70, 150, 310, 630, 1270, 2270, 3270]);
    expect(await outcomeOf(retry.run(open), clock)).to.have.property("code", "EMFILE");
    expect(triedAt).to.have.length(11);
    subject.numFailures = 11;
    expect(await outcomeOf(retry.run(open), clock)).to.equal("opened");
    subject.numFailures = 13;
    expect(await outcomeOf(retry.run(open), clock)).to.equal("opened");
    expect(triedAt).to.have.length(14);
  });

  it("retries one of several operations at a time, and lets the others have their turn when it has ended", async () => {
    const { clock, open, retry, triedAt } = createSubject({ numFailures: 5 });
    const outcomes = Promise.all([retry.run(open), retry.run(open), retry.run(open)]);
    expect(await outcomeOf(outcomes, clock)).to.deep.equal(["opened", "opened", "opened"]);
    // The first one until it succeeds, then the two others.
    expect(triedAt).to.deep.equal([0, 10, 30, 70, 150, 310, 310, 310]);
  });

  it("yields a promise where the work is done in steps", async () => {
    const { clock, open, retry, triedAt } = createSubject({ numFailures: 3 });
    const steps = retry.steps(open);
    const { value: waiting } = steps.next();
    expect(waiting).to.be.instanceOf(Promise);
    await outcomeOf(waiting as Promise<void>, clock);
    expect(steps.next()).to.deep.equal({ done: true, value: "opened" });
    expect(triedAt).to.deep.equal([0, 0, 10, 30]);
  });

  for (const when of ["before", "after"]) {
    it(`closes what is opened for steps that are given up ${when} it is open`, async () => {
      const { clock, open, retry } = createSubject({ numFailures: 2 });
      const closed: string[] = [];
      const steps = retry.steps(open, (opened) => closed.push(opened));
      const waiting = steps.next().value as Promise<void>;
      if (when === "after") await outcomeOf(waiting, clock);
      steps.return("nothing");
      await outcomeOf(waiting, clock);
      expect(closed).to.deep.equal(["opened"]);
    });
  }

  it("fails in a step after the last retry", async () => {
    const { clock, open, retry } = createSubject();
    const steps = retry.steps(open);
    await outcomeOf(steps.next().value as Promise<void>, clock);
    expect(() => steps.next()).to.throw("failed");
  });
});
