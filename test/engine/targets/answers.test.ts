import { expect } from "chai";
import { declareTargetState, defineContainer, defineTarget, fn, mount, mountTarget } from "../../../lib/index.ts";
import { unhandledRejectionsOf } from "../../unhandled-rejections.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";
import { createDeclaringComponents } from "./declaring-components.ts";
import { useRecordingTarget } from "./recording-target.ts";

let nextNumber = 1;

describe("The answer of a target's handler", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  const other = useRecordingTarget();
  const { plain } = createDeclaringComponents(other);

  /** Updates an app of a component that meets the handler and one that does not; returns the failure of the first. */
  const failureWith = async (handler: object, kind: "container" | "target" = "target"): Promise<Error> => {
    const name = `test/answers-${nextNumber++}`;
    const complete = { reconcile: () => ({ action: 1, tracking: 1 }), apply: () => {}, ...handler };
    const subject = fn(async function subject() {
      if (kind === "target") return declareTargetState(defineTarget(name, complete as never), "key", 1);
      await mountTarget(defineContainer(name, complete as never).at("key", 1));
    });
    const counts = await app.update(async () => {
      await mount(subject);
      await mount(plain, { x: "of another component" });
    });
    expect(counts["subject"]).to.deep.equal({ starts: 1, errors: 1 });
    expect(counts["plain"]).to.deep.equal({ starts: 1, adds: 1 });
    const error = test.caught[0]!.error as Error;
    expect(error).to.be.instanceOf(TypeError);
    expect(error.message).to.include(`/"${name}"`);
    return error;
  };

  for (const [what, answer, got] of [
    ["a boolean", true, "got true"],
    ["null", null, "got null"],
    ["an empty object", {}, "got {}"],
    ["tracking without an action", { tracking: 1 }, "got { tracking: 1 }"],
    ["a list", [], "got []"],
  ] as const) {
    it(`to \`reconcile\` is refused when it is ${what}`, async () => {
      const { message } = await failureWith({ reconcile: () => answer });
      expect(message).to.include("`reconcile` must return { action, tracking } or undefined").and.to.include(got);
    });
  }

  for (const [what, reconcile, wanted] of [
    ["misspells `tracking`", () => ({ action: 1, traking: 1 }), "no option `traking`; did you mean `tracking`?"],
    ["has an unknown property", () => ({ action: 1, tracking: 1, isRemoval: true }), "no option `isRemoval`"],
    ["has no `tracking`", () => ({ action: 1 }), "`reconcile` must return `tracking` for a state that is desired"],
  ] as const) {
    it(`to \`reconcile\` is refused when it ${what}, before anything is applied`, async () => {
      let numApplied = 0;
      const { message } = await failureWith({ reconcile, apply: () => void numApplied++ });
      expect(message).to.include(wanted);
      expect(numApplied).to.equal(0);
    });
  }

  for (const [what, reconcile] of [
    ["a promise", async () => ({ action: 1, tracking: 1 })],
    ["a promise that rejects", () => Promise.reject(new Error("later"))],
  ] as const) {
    it(`to \`reconcile\` is refused when it is ${what}`, async () => {
      const unhandled = await unhandledRejectionsOf(async () => {
        const { message } = await failureWith({ reconcile });
        expect(message).to.match(/got a promise; it must decide synchronously/);
      });
      expect(unhandled).to.deep.equal([]);
    });
  }

  it("to `reconcile` is refused when its tracking is no plain data, before anything is applied", async () => {
    let numApplied = 0;
    const { message } = await failureWith({
      reconcile: () => ({ action: 1, tracking: { when: () => {} } }),
      apply: () => void numApplied++,
    });
    expect(message)
      .to.include('"key"')
      .and.to.match(/`tracking` must be plain data, got .*when/);
    expect(numApplied).to.equal(0);
  });

  for (const [what, answer] of [
    ["another count", [1, 2]],
    ["no list", { length: 1 }],
    ["a list of promises", [Promise.resolve()]],
  ] as const) {
    it(`to \`apply\` is refused when it is ${what}`, async () => {
      const { message } = await failureWith({ apply: () => answer });
      expect(message).to.include("`apply` must return nothing");
    });
  }

  const rejected = (): Promise<never> => Promise.reject(new Error("503"));
  for (const [what, apply, kind] of [
    ["a list", () => [rejected(), rejected()], "target"],
    ["the list of an async function", async () => [rejected()], "target"],
    ["a set", () => new Set([rejected()]), "target"],
    ["a map", () => new Map([["key", rejected()]]), "target"],
    ["an object", () => ({ key: rejected() }), "target"],
    ["a container's list", () => [rejected()], "container"],
  ] as const) {
    it(`to \`apply\` fails only the component when it is ${what} of promises that reject`, async () => {
      const handler = { apply, ...(kind === "container" && { child: () => {} }) };
      expect(await unhandledRejectionsOf(() => failureWith(handler, kind))).to.deep.equal([]);
    });
  }

  it("to `reconcile` fails only the component when its tracking is a promise that rejects", async () => {
    const reconcile = (): object => ({ action: 1, tracking: rejected() });
    expect(await unhandledRejectionsOf(() => failureWith({ reconcile }))).to.deep.equal([]);
  });

  for (const [what, answer] of [
    ["nothing", undefined],
    ["another count", ["kept", "kept"]],
    ["no list", "kept"],
    ["an unknown state", ["created"]],
  ] as const) {
    it(`to a container's \`apply\` is refused when it is ${what}`, async () => {
      const { message } = await failureWith({ apply: () => answer, child: () => undefined }, "container");
      expect(message).to.include('must give one of "kept", "altered" and "recreated" for each of 1 actions');
    });
  }

  for (const [what, answer] of [
    ["a text", "rows"],
    ["an object without methods", {}],
    ["a promise", Promise.resolve()],
  ] as const) {
    it(`to \`child\` is refused when it is ${what}`, async () => {
      const { message } = await failureWith({ apply: () => ["kept"], child: () => answer }, "container");
      expect(message).to.include('"key"').and.to.include("`child` must return a handler with `reconcile` and `apply`");
    });
  }
});
