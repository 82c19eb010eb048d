import { expect } from "chai";
import { ConcurrencyLimit } from "../../lib/time/concurrency-limit.ts";

describe("ConcurrencyLimit", () => {
  it("starts waiting work in order, as other work ends in whichever way", async () => {
    const limit = new ConcurrencyLimit(2);
    const started: number[] = [];
    const works = [0, 1, 2, 3].map(() => Promise.withResolvers<number>());
    const results = works.map(({ promise }, index) =>
      limit.run(() => {
        started.push(index);
        return promise;
      }),
    );
    expect(started).to.deep.equal([0, 1]);
    works[1]!.reject(new Error("failed"));
    expect(await results[1]!.catch((error: Error) => error.message)).to.equal("failed");
    expect(started).to.deep.equal([0, 1, 2]);
    for (const [index, { resolve }] of works.entries()) resolve(index);
    expect(await Promise.all([results[0], results[2], results[3]])).to.deep.equal([0, 2, 3]);
    expect(started).to.deep.equal([0, 1, 2, 3]);
  });

  it("has room again after work that throws at once", async () => {
    const limit = new ConcurrencyLimit(1);
    const fail = (): Promise<never> => {
      throw new Error("failed");
    };
    for (const run of [1, 2]) expect(await limit.run(fail).catch(() => run)).to.equal(run);
    expect(await limit.run(async () => "done")).to.equal("done");
  });
});
