import { expect } from "chai";
import { containerAliases } from "../../../lib/engine/targets/container-aliases.ts";
import type { ContainerHandler } from "../../../lib/index.ts";
import { failureOf } from "../../state/failure-of.ts";
import { unhandledRejectionsOf } from "../../unhandled-rejections.ts";

describe("containerAliases", () => {
  const aliasesOf = (answer: unknown) => {
    const handler = { aliases: () => answer } as unknown as ContainerHandler;
    return containerAliases(handler, ["kind", "container"], "/")!;
  };

  it("lists the names that the handler gives", () => {
    const names = [{ container: "other", key: "k" }];
    expect([...aliasesOf(names).of("key")]).to.deep.equal(names);
    expect([...aliasesOf(undefined).of("key")]).to.deep.equal([]);
  });

  it("refuses a promise, whose rejection is no unhandled one", async () => {
    const unhandled = await unhandledRejectionsOf(async () => {
      const error = await failureOf(() => aliasesOf(Promise.reject(new Error("boom"))).of("key"));
      expect(error).to.be.instanceOf(TypeError);
      expect(error.message).to.include("`aliases` must return an iterable of { container, key }, got a promise");
    });
    expect(unhandled).to.deep.equal([]);
  });
});
