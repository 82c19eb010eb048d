import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import type { UpdateRecord } from "../../lib/progress/record/update-record.ts";
import { Connection } from "../../lib/serve/page/connection.ts";
import { PageStore } from "../../lib/serve/page/page-store.ts";
import type { Server } from "../../lib/serve/page/server.ts";

describe("Connection", () => {
  it("asks for an update again that was to be loaded while it was asked for (bug: that was dropped)", async () => {
    const answers: PromiseWithResolvers<UpdateRecord | undefined>[] = [];
    const server = {
      find: async () => {
        const answer = Promise.withResolvers<UpdateRecord | undefined>();
        answers.push(answer);
        return answer.promise;
      },
    };
    const connection = new Connection(new PageStore(() => {}), server as unknown as Server);
    let numLoaded = 0;
    const load = (): Promise<unknown> => connection.load("1").then(() => numLoaded++);
    const first = load();
    await setImmediate();
    const others = [load(), load()];
    expect(answers).to.have.length(1);
    answers[0]!.resolve(undefined);
    while (answers.length < 2) await setImmediate();
    expect(numLoaded).to.equal(0);
    answers[1]!.reject(new Error("the connection is lost"));
    await Promise.all([first, ...others]);
    expect(answers).to.have.length(2);
    const later = load();
    while (answers.length < 3) await setImmediate();
    answers[2]!.resolve(undefined);
    await later;
  });
});
