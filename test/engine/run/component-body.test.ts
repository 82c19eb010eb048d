import { expect } from "chai";
import { ComponentBody } from "../../../lib/engine/run/component-body.ts";
import type { ParentComponent } from "../../../lib/engine/run/children.ts";
import type { GroupScope } from "../../../lib/engine/run/group.ts";
import { functionInfo } from "../../../lib/engine/memo/function-info.ts";
import { fn } from "../../../lib/index.ts";

function createBody(logicTracking: "full" | "none" = "full"): ComponentBody {
  const info = functionInfo(fn({ logicTracking }, function doc() {}));
  return new ComponentBody({} as ParentComponent, info);
}

describe("ComponentBody", () => {
  it("depends on the function's own logic, unless its logic is not tracked", () => {
    expect(createBody().dependencies.toString()).to.match(/^\S{16}$/);
    expect(createBody("none").dependencies.toString()).to.equal("");
  });

  it("waits while a mounted child is in progress, and is ready when the function and all children have ended", () => {
    const body = createBody();
    expect([body.hasMounted, body.isWaiting]).to.deep.equal([false, false]);
    body.enterChild();
    body.readiness.close();
    expect([body.hasMounted, body.isWaiting, body.readiness.isReady]).to.deep.equal([true, true, false]);
    body.leaveChild();
    expect([body.hasMounted, body.isWaiting, body.readiness.isReady]).to.deep.equal([true, false, true]);
  });

  it("has mounted something after a memo hit of a child, without waiting for it", () => {
    const body = createBody();
    body.noteMount();
    expect([body.hasMounted, body.isWaiting]).to.deep.equal([true, false]);
  });

  it("holds the stats groups that end with it until they are released", () => {
    let numHolds = 0;
    const group = { hold: () => void numHolds++, release: () => void numHolds-- } as GroupScope;
    const body = createBody();
    body.endWith(group);
    expect(numHolds).to.equal(1);
    body.releaseGroups();
    expect(numHolds).to.equal(0);
  });
});
