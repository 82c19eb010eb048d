import { expect } from "chai";
import {
  containerAt,
  declareTargetState,
  fn,
  mountEach,
  mountTarget,
  type TargetProvider,
} from "../../../lib/index.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";
import { defineRecordingContainer } from "./recording-container.ts";

describe("A container", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  const nest = defineRecordingContainer({ nested: true });

  beforeEach(() => {
    nest.log.length = 0;
    nest.changes.length = 0;
    nest.outside.clear();
    nest.become = () => "kept";
    nest.onApply = undefined;
    nest.hasChildWhenGone = true;
  });

  const row = fn({ memo: true }, function row(key: string, provider: TargetProvider<string, string>) {
    declareTargetState(provider, key, `of ${key}`);
  });
  describe("in a container", () => {
    const fillNest = async (keys: readonly string[]): Promise<void> => {
      const outer = await mountTarget(nest.kind.at("outer", "1"));
      const inner = await mountTarget(containerAt<string, string>(outer, "inner", "1"));
      await mountEach(
        row,
        keys.map((key) => [key, key] as const),
        inner,
      );
    };

    it("is made after the outer one, and removed before it", async () => {
      await app.update(() => fillNest(["a"]));
      expect(nest.log.splice(0)).to.deep.equal(["make outer", "make outer/inner", "write outer/inner/a"]);
      await app.update(() => {});
      expect(nest.log.splice(0)).to.deep.equal(["remove outer/inner/a", "remove outer/inner", "remove outer"]);
    });

    it("is written again with all its rows when the outer one was recreated", async () => {
      await app.update(() => fillNest(["a"]));
      nest.log.length = 0;
      nest.become = (path) => (path === "outer" ? "recreated" : "kept");
      await app.update(() => fillNest(["a"]));
      expect(nest.log.splice(0)).to.deep.equal(["make outer", "make outer/inner", "write outer/inner/a"]);
      nest.become = () => "kept";
      await app.update(() => fillNest(["a"]));
      expect(nest.log.splice(0)).to.deep.equal(["make outer", "make outer/inner"]);
    });

    it("needs no removal where the outer one's covers it", async () => {
      nest.hasChildWhenGone = false;
      await app.update(() => fillNest(["a"]));
      nest.log.length = 0;
      await app.update(() => {});
      expect(nest.log.splice(0)).to.deep.equal(["remove outer"]);
    });
  });
});
