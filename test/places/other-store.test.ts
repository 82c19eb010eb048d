import { expect } from "chai";
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isOfAnotherStore } from "../../lib/places/other-store.ts";
import { createTempFolder } from "../temp-folder.ts";

/** The projects `a` and `b`, a copy of it, each with its store. */
async function createSubject(position = ".tidemark") {
  const temp = await createTempFolder();
  const at = (name: string): string => join(temp.path, name);
  mkdirSync(join(at("a"), position), { recursive: true });
  mkdirSync(at("a/out"));
  writeFileSync(join(at("a"), position, "FORMAT"), "tidemark-store 1\n");
  cpSync(at("a"), at("b"), { recursive: true });
  const ask = (place: string, root = at("b")): boolean =>
    isOfAnotherStore(place, { root, storePath: join(at("b"), position) });
  return { at, ask, [Symbol.asyncDispose]: () => temp[Symbol.asyncDispose]() };
}

describe("isOfAnotherStore", () => {
  it("is true for a place in a project that has a store where this one has its own", async () => {
    for (const position of [".tidemark", "var/state"]) {
      await using subject = await createSubject(position);
      const { ask, at } = subject;
      expect([at("a"), at("a/out"), at("a/out/missing")].map((place) => ask(place))).to.deep.equal([true, true, true]);
    }
  });

  it("is false elsewhere, below the root, and for names that are no path", async () => {
    await using subject = await createSubject();
    const { ask, at } = subject;
    expect([at("c/out"), at("b/out"), "out", "memory:1", "C:\\x"].map((place) => ask(place))).to.deep.equal(
      Array(5).fill(false),
    );
  });

  it("is false for the same store by another name", async () => {
    await using subject = await createSubject();
    const { ask, at } = subject;
    mkdirSync(at("c"));
    symlinkSync(at("b/.tidemark"), at("c/.tidemark"));
    expect(ask(at("c/out"))).to.equal(false);
  });

  it("is false where the store is outside of the root, since no position is the same then", async () => {
    await using subject = await createSubject();
    const { ask, at } = subject;
    mkdirSync(at("root"));
    expect(ask(at("a/out"), at("root"))).to.equal(false);
  });
});
