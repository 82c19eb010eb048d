import { expect } from "chai";
import { bindTarget, bindTargets, boundOwner, type TargetOwner } from "../../../lib/engine/targets/bind-targets.ts";

describe("bindTargets", () => {
  const owner: TargetOwner = { id: 1, run: undefined, describe: () => "owner", isWithin: () => true };
  const createTarget = (boundTo?: TargetOwner): object => ({
    boundTo,
    [boundOwner]: boundTo,
    [bindTarget]: createTarget,
  });
  const bound = { boundTo: owner, [boundOwner]: owner, [bindTarget]: createTarget };

  it("binds arguments, and properties of plain objects and arrays, in copies", () => {
    const target = createTarget();
    const options = Object.freeze({ out: target, size: 1 });
    const args = [target, options, [target, 2], "text"];
    const [first, second, third, fourth] = bindTargets(args, owner);
    expect(first).to.deep.equal(bound);
    expect(second).to.deep.equal({ out: bound, size: 1 });
    expect(Object.isFrozen(second)).to.equal(true);
    expect(third).to.deep.equal([bound, 2]);
    expect(fourth).to.equal("text");
    expect(options.out).to.equal(target);
  });

  it("binds in plain objects and arrays that are nested three deep, and no deeper", () => {
    const target = createTarget();
    expect(bindTargets([{ a: [{ out: target }] }], owner)).to.deep.equal([{ a: [{ out: bound }] }]);
    const tooDeep = [{ a: { b: [{ out: target }] } }];
    expect(bindTargets(tooDeep, owner)).to.equal(tooDeep);
  });

  it("passes everything else on as it is", () => {
    class Holder {
      readonly out = createTarget();
    }
    const args = [new Holder(), new Map([["out", createTarget()]]), { deep: { size: 1 } }, [1], null, undefined];
    expect(bindTargets(args, owner)).to.equal(args);
  });
});
