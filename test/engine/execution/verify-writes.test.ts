import { expect } from "chai";
import { stateOf } from "../../../lib/app/environment.ts";
import {
  App,
  declareTargetState,
  defineTarget,
  fn,
  mountEach,
  type InspectionResult,
  type TargetHandler,
} from "../../../lib/index.ts";
import { onMachine } from "../../app/restarted-site.ts";
import { useTestEnvironment } from "../../test-environment.ts";

/** A target outside that answers as told. */
class Outside implements TargetHandler<string, string, string, readonly [string, string | undefined]> {
  readonly states = new Map<string, string>();
  isDurable = false;
  answer: ((key: string) => InspectionResult) | undefined = (key) => (this.states.has(key) ? "unchanged" : "missing");
  numInspected = 0;

  reconcile: TargetHandler<string, string, string, readonly [string, string | undefined]>["reconcile"] = (change) => {
    const { desired, key, mayBeMissing, previous } = change;
    const isThere = !mayBeMissing && previous.every((known) => known === desired);
    return isThere ? undefined : { action: [key, desired], tracking: desired };
  };

  apply = (actions: readonly (readonly [string, string | undefined])[]): void => {
    for (const [key, value] of actions) {
      if (value === undefined) this.states.delete(key);
      else this.states.set(key, value);
    }
  };

  inspect: NonNullable<TargetHandler<string, string, string>["inspect"]> = (states) => {
    this.numInspected += states.length;
    return states.map(({ key }) => this.answer!(key));
  };
}

const outside = new Outside();
const target = defineTarget<string, string, string, readonly [string, string | undefined]>("restarts/outside", outside);

describe("After a restart, a target of the user's", () => {
  const test = useTestEnvironment();

  beforeEach(() => {
    outside.states.clear();
    outside.numInspected = 0;
    outside.isDurable = false;
    outside.answer = (key) => (outside.states.has(key) ? "unchanged" : "missing");
  });

  const declare = fn({ memo: true }, function declare(key: string): void {
    declareTargetState(target, key, `value of ${key}`);
  });
  const main = fn(async function main(): Promise<void> {
    await mountEach(
      declare,
      ["a", "b"].map((key) => [key, key] as const),
    );
  });
  const memoized = fn({ memo: true }, main);

  function createApp(): App<readonly never[], Promise<void>> {
    return new App({ name: "restarts", environment: test.environment }, main);
  }

  it("is inspected, and what is missing is written again", async () => {
    const machine = onMachine(test);
    await createApp().update();
    outside.states.delete("a");
    machine.restart();
    await createApp().update();
    expect([...outside.states.keys()].toSorted()).to.deep.equal(["a", "b"]);
    expect(machine.notices).to.have.lengthOf(1);
  });

  it("is not inspected when it is durable", async () => {
    outside.isDurable = true;
    const machine = onMachine(test);
    await createApp().update();
    machine.restart();
    await createApp().update();
    expect(outside.numInspected).to.equal(0);
  });

  it("is inspected again after the next restart when it could not answer", async () => {
    const machine = onMachine(test);
    await createApp().update();
    outside.states.clear();
    outside.answer = () => {
      throw new Error("not reachable");
    };
    machine.restart();
    await createApp().update();
    expect([...outside.states.keys()]).to.deep.equal([]);
    outside.answer = () => "missing";
    machine.restart();
    await createApp().update();
    expect([...outside.states.keys()].toSorted()).to.deep.equal(["a", "b"]);
  });

  it("is inspected by the next update when one was aborted meanwhile", async () => {
    const machine = onMachine(test);
    await createApp().update();
    outside.states.clear();
    machine.restart();
    const abort = new AbortController();
    outside.answer = () => {
      abort.abort(new Error("enough"));
      return "missing";
    };
    const reason: unknown = await createApp()
      .update({ signal: abort.signal })
      .then(
        () => undefined,
        (error: unknown) => error,
      );
    expect(reason).to.equal(abort.signal.reason);
    outside.answer = () => "missing";
    await createApp().update();
    expect([...outside.states.keys()].toSorted()).to.deep.equal(["a", "b"]);
  });

  it("is written again below a main function that is memoized", async () => {
    const machine = onMachine(test);
    const app = new App({ name: "memoized", environment: test.environment }, memoized);
    await app.update();
    outside.states.delete("a");
    machine.restart();
    await app.update();
    expect([...outside.states.keys()].toSorted()).to.deep.equal(["a", "b"]);
  });

  it("is not skipped when another app takes over a state that its own app has not verified", async () => {
    const machine = onMachine(test);
    const first = new App({ name: "first", environment: test.environment }, main);
    await first.update();
    outside.states.clear();
    machine.restart();
    // The program does not define the first one any more.
    stateOf(test.environment).removeApp("first");
    await new App({ name: "second", environment: test.environment }, main).update();
    expect([...outside.states.keys()].toSorted()).to.deep.equal(["a", "b"]);
  });
});
