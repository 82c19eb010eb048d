import { expect } from "chai";
import { FeedEntry } from "../../../lib/engine/live/ready-entry.ts";
import { MountCompletion } from "../../../lib/engine/run/mount-completion.ts";
import { Readiness } from "../../../lib/engine/run/readiness.ts";

describe("FeedEntry", () => {
  it("keeps the handle, the component and the group waiting until it is left", async () => {
    const { completion, component, entry, group } = create();
    expect([entry.isReady, component.isReady, group.isReady]).to.deep.equal([false, false, false]);
    entry.leave();
    expect([entry.isReady, component.isReady, group.isReady]).to.deep.equal([true, true, true]);
    await completion.ready();
  });

  it("is left once", () => {
    const { component, entry } = create();
    component.enter();
    entry.leave();
    entry.leave({ error: new Error("late") });
    expect(component.isReady).to.equal(false);
  });

  it("takes the listing of a source that fails before it is ready for incomplete, and not of one that fails later", () => {
    const early = create();
    early.entry.fail(undefined);
    expect([early.entry.isReady, early.component.isReady, early.place.isComplete]).to.deep.equal([true, true, false]);
    const late = create();
    late.entry.leave();
    late.entry.fail(undefined);
    expect(late.place.isComplete).to.equal(true);
  });

  it("gives the handle the failure that it is left with, else the first one noted", async () => {
    const [first, second, last] = ["first", "second", "last"].map((message) => ({ error: new Error(message) }));
    const noted = create();
    noted.entry.noteFailure(undefined);
    noted.entry.noteFailure(first);
    noted.entry.noteFailure(second);
    noted.entry.leave();
    expect(await noted.completion.ready().catch((error: unknown) => error)).to.equal(first!.error);
    const given = create();
    given.entry.noteFailure(first);
    given.entry.leave(last);
    expect(await given.completion.ready().catch((error: unknown) => error)).to.equal(last!.error);
  });
});

function create() {
  const completion = new MountCompletion();
  const component = new Readiness();
  const group = new Readiness();
  const place = { path: new Uint8Array(), report: undefined as never, handlers: [], isComplete: true };
  const entry = new FeedEntry(completion, { component, group, place });
  for (const closing of [completion, component, group]) closing.close();
  return { completion, component, entry, group, place };
}
