import { expect } from "chai";
import { declareTargetState, fn, memoKey, memoState, mount, type MemoState } from "../../../lib/index.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";
import { useRecordingTarget } from "../targets/recording-target.ts";

describe("A memoized call", () => {
  const test = useTestEnvironment();
  let ran: unknown[];
  const target = useRecordingTarget();

  beforeEach(() => {
    ran = [];
  });

  const update = (body: () => unknown): Promise<unknown> => createCountingApp(test).update(body);
  describe("that declares target states", () => {
    const declare = fn({ memo: true }, function declare(key: string) {
      ran.push(key);
      declareTargetState(target.provider, key, `of ${key}`);
    });

    it("keeps them when it is answered from its memo, without asking the target", async () => {
      await update(() => declare("a"));
      target.changes.length = 0;
      for (let round = 0; round < 2; round++) await update(() => declare("a"));
      expect(ran).to.deep.equal(["a"]);
      expect([...target.outside]).to.deep.equal([["a", "of a"]]);
      expect(target.changes).to.have.length(0);
    });

    it("has them removed when it is not made any more", async () => {
      await update(() => [declare("a"), declare("b")]);
      await update(() => declare("a"));
      expect([...target.outside.keys()]).to.deep.equal(["a"]);
      await update(() => {});
      expect(target.outside.size).to.equal(0);
    });

    it("keeps those of calls within it, at any depth", async () => {
      const outer = fn({ memo: true }, async function outer(key: string) {
        ran.push("outer");
        declare(key);
      });
      const outermost = fn({ memo: true }, async function outermost(key: string) {
        await outer(key);
      });
      for (let round = 0; round < 3; round++) await update(() => outermost("a"));
      expect(ran).to.deep.equal(["outer", "a"]);
      expect([...target.outside.keys()]).to.deep.equal(["a"]);
    });

    it("keeps those of calls that were hits when it was made", async () => {
      const outer = fn({ memo: true }, function outer(argument: number) {
        ran.push(argument);
        declare("a");
      });
      await update(() => declare("a"));
      for (let round = 0; round < 3; round++) await update(() => [declare("a"), outer(1)]);
      for (let round = 0; round < 2; round++) await update(() => outer(1));
      expect(ran).to.deep.equal(["a", 1]);
      expect([...target.outside.keys()]).to.deep.equal(["a"]);
    });

    it("declares them again while the state of the target is uncertain", async () => {
      let text = "first";
      const write = fn({ memo: true }, function write(_document: unknown) {
        declareTargetState(target.provider, "a", text);
      });
      const document = (): unknown => ({
        [memoKey]: () => "document",
        [memoState]: (previous: unknown): MemoState => ({ state: text, isValid: previous === text }),
      });
      const child = fn(function child() {
        write(document());
      });
      await update(() => mount(child));
      text = "second";
      target.onApply = () => {
        target.outside.set("a", "second");
        throw new Error("half done");
      };
      await update(() => mount(child));
      text = "first";
      target.onApply = undefined;
      await update(() => mount(child));
      expect([...target.outside]).to.deep.equal([["a", "first"]]);
    });

    it("declares them again after their removal has failed", async () => {
      let isMade = true;
      const child = fn(function child() {
        if (isMade) declare("a");
      });
      await update(() => mount(child));
      isMade = false;
      target.onApply = () => {
        target.outside.delete("a");
        throw new Error("half done");
      };
      await update(() => mount(child));
      isMade = true;
      target.onApply = undefined;
      await update(() => mount(child));
      expect([...target.outside]).to.deep.equal([["a", "of a"]]);
    });
  });

  describe("with a memo state", () => {
    const document = (state: unknown, isValid: boolean | Promise<boolean>): unknown => ({
      [memoKey]: () => "document",
      [memoState]: (previous: unknown) => {
        asked.push(previous);
        return isValid instanceof Promise ? isValid.then((valid) => ({ state, isValid: valid })) : { state, isValid };
      },
    });
    let asked: unknown[] = [];
    beforeEach(() => void (asked = []));

    const read = fn({ memo: true }, function read(_document: unknown) {
      ran.push("read");
    });
    const readLate = fn({ memo: true }, async function readLate(_document: unknown) {
      ran.push("read");
    });

    it("is asked for it, and remembers the new one", async () => {
      await update(() => read(document(1, true)));
      await update(() => read(document(2, true)));
      await update(() => read(document(3, false)));
      await update(() => read(document(4, true)));
      expect(asked).to.deep.equal([undefined, 1, 2, 3]);
      expect(ran).to.have.length(2);
    });

    it("waits for it if it is asynchronous", async () => {
      await update(() => readLate(document(1, Promise.resolve(true))));
      await update(() =>
        Promise.all([readLate(document(2, Promise.resolve(true))), readLate(document(2, Promise.resolve(true)))]),
      );
      await update(() => readLate(document(3, Promise.resolve(false))));
      expect(ran).to.have.length(2);
    });

    it("runs each time where it cannot await its memo state", async () => {
      const failing = (): unknown => document(1, Promise.reject(new Error("cannot look")));
      for (let round = 0; round < 2; round++) await update(() => read(failing()));
      await update(() => read(document(1, true)));
      await update(() => read(failing()));
      await new Promise(setImmediate);
      expect(ran).to.have.length(4);
    });

    it("keeps its target states when the state has changed and the memo holds", async () => {
      const declare = fn({ memo: true }, function declare(_document: unknown) {
        declareTargetState(target.provider, "a", "b");
      });
      for (const state of [1, 2, 3]) await update(() => declare(document(state, true)));
      expect([...target.outside.keys()]).to.deep.equal(["a"]);
    });
  });
});
