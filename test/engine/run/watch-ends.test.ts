import { expect } from "chai";
import { Readiness } from "../../../lib/engine/run/readiness.ts";
import { WatchEnds, type WatchingCode } from "../../../lib/engine/run/watch-ends.ts";

describe("WatchEnds", () => {
  function create(options: { hasReturned?: boolean; isInBody?: boolean; isWithin?: boolean } = {}): WatchingCode {
    const component = new Readiness();
    component.enter();
    if (options.hasReturned === true) component.close();
    const group = { nearestOpen: options.isInBody === true ? {} : undefined };
    return { component, group, isWithin: options.isWithin ?? false };
  }

  /** The decision for code that began its watch before it was made, and for the same code after it. */
  function decide(code: WatchingCode, hasLiveMembers: boolean): boolean {
    const ends = new WatchEnds();
    const early = ends.endFor(code);
    expect(early.isAtCatchUp).to.equal(false);
    ends.decide(hasLiveMembers);
    expect(ends.endFor(code)).to.deep.equal(early);
    return early.isAtCatchUp;
  }

  it("ends a watch of a function that still runs", () => {
    for (const hasLiveMembers of [true, false]) expect(decide(create(), hasLiveMembers)).to.equal(true);
  });

  it("ends a watch of a group's body that outlives the function", () => {
    expect(decide(create({ hasReturned: true, isInBody: true }), true)).to.equal(true);
  });

  it("goes on for a function that has returned, unless only deletions are to come, which wait for it", () => {
    expect(decide(create({ hasReturned: true, isWithin: true }), true)).to.equal(false);
    expect(decide(create({ hasReturned: true, isWithin: true }), false)).to.equal(true);
    expect(decide(create({ hasReturned: true }), false)).to.equal(false);
  });

  it("takes a function for returned when its end closes the group", () => {
    const ends = new WatchEnds();
    const code = create();
    const end = ends.endFor(code);
    code.component.onClose(() => ends.decide(true));
    code.component.close();
    expect(end.isAtCatchUp).to.equal(false);
  });

  it("keeps one decision for all watches that the same code begins", () => {
    const ends = new WatchEnds();
    const code = create();
    expect(ends.endFor({ ...code })).to.equal(ends.endFor(code));
    expect(ends.endFor({ ...code, group: undefined })).not.to.equal(ends.endFor(code));
  });
});
