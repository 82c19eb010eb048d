import { expect } from "chai";
import { awaitDescriptors } from "../../lib/app/await-descriptors.ts";
import { TidemarkError } from "../../lib/errors.ts";
import { FakeClock } from "../fake-clock.ts";
import { failureOf } from "../state/failure-of.ts";

function unavailable(code: string): TidemarkError {
  const cause = Object.assign(new Error(code), { code });
  return new TidemarkError("STORE_UNAVAILABLE", `Cannot open store: ${code}`, { cause });
}

/** Opens with the errors in turn, then successfully; the clock is moved on while that waits. */
async function open(errors: readonly Error[]): Promise<{ numTries: number; result: Promise<string> }> {
  const clock = new FakeClock();
  const tried = { numTries: 0 };
  const result = awaitDescriptors(async () => {
    const error = errors[tried.numTries++];
    if (error !== undefined) throw error;
    return "opened";
  }, clock);
  result.catch(() => undefined);
  for (let turn = 0; turn < 20; turn += 1) {
    await new Promise(setImmediate);
    clock.advance(500);
  }
  return { ...tried, result };
}

describe("awaitDescriptors", () => {
  for (const code of ["EMFILE", "ENFILE"]) {
    it(`tries again after ${code}`, async () => {
      const { numTries, result } = await open([unavailable(code), unavailable(code)]);
      expect([numTries, await result]).to.deep.equal([3, "opened"]);
    });
  }

  it("gives up after 3 seconds with the last error", async () => {
    const { numTries, result } = await open(Array.from({ length: 9 }, () => unavailable("EMFILE")));
    expect(numTries).to.equal(7);
    expect((await failureOf(result)).code).to.equal("STORE_UNAVAILABLE");
  });

  it("does not try again after other errors", async () => {
    const { numTries, result } = await open([unavailable("EACCES")]);
    expect(numTries).to.equal(1);
    expect((await failureOf(result)).code).to.equal("STORE_UNAVAILABLE");
  });
});
