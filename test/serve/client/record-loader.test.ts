import { expect } from "chai";
import { setImmediate as turn } from "node:timers/promises";
import { RecordLoader } from "../../../lib/serve/client/record-loader.ts";
import { failureOf } from "../../state/failure-of.ts";

describe("RecordLoader", () => {
  function open() {
    const requests: (PromiseWithResolvers<void> & { readonly id: string })[] = [];
    const delays: PromiseWithResolvers<void>[] = [];
    const loader = new RecordLoader(
      async (id) => {
        const request = { id, ...Promise.withResolvers<void>() };
        requests.push(request);
        await request.promise;
      },
      () => {
        const delay = Promise.withResolvers<void>();
        delays.push(delay);
        return delay.promise;
      },
    );
    return { delays, loader, requests, ids: () => requests.map(({ id }) => id) };
  }

  it("loads one update once more for all calls during a load, and others beside it", async () => {
    const { ids, loader, requests } = open();
    const loads = ["1", "1", "2", "1"].map((id) => loader.load(id));
    expect(ids()).to.deep.equal(["1", "2"]);
    requests[0]!.resolve();
    await turn();
    expect(ids()).to.deep.equal(["1", "2", "1"]);
    for (const { resolve } of requests) resolve();
    await Promise.all(loads);
    expect(ids()).to.have.length(3);
  });

  it("rejects when the last load fails, and loads again on the next call", async () => {
    const { loader, requests } = open();
    const loads = [loader.load("1"), loader.load("1")];
    requests[0]!.reject(new Error("first"));
    await turn();
    requests[1]!.reject(new Error("second"));
    for (const load of loads) expect(await failureOf(load)).to.have.property("message", "second");
    const next = loader.load("1");
    requests[2]!.resolve();
    await next;
  });

  it("delays a load once for all calls meanwhile, but not for a call during the load", async () => {
    const { delays, ids, loader, requests } = open();
    const loads = [loader.loadSoon("1"), loader.loadSoon("1")];
    expect(delays).to.have.length(1);
    delays[0]!.resolve();
    await turn();
    expect(ids()).to.deep.equal(["1"]);
    loads.push(loader.loadSoon("1"));
    expect(delays).to.have.length(2);
    requests[0]!.resolve();
    delays[1]!.resolve();
    await turn();
    requests[1]!.resolve();
    await Promise.all(loads);
    expect(ids()).to.deep.equal(["1", "1"]);
  });

  it("does not load when the delay is aborted, and delays again on the next call", async () => {
    const { delays, ids, loader } = open();
    const aborted = loader.loadSoon("1");
    delays[0]!.reject(new Error("enough"));
    expect(await failureOf(aborted)).to.have.property("message", "enough");
    expect(ids()).to.deep.equal([]);
    void loader.loadSoon("1");
    expect(delays).to.have.length(2);
  });
});
