import { expect } from "chai";
import { EventJournal } from "../../lib/serve/event-journal.ts";

describe("EventJournal", () => {
  it("shares a batch among readers at one place, but keeps few of them (bug: one for each place that a client named)", () => {
    const journal = new EventJournal();
    for (let index = 0; index < 200; index++) journal.publish(`key ${index}`, { topic: "run", data: { index } });
    const first = journal.read(0, undefined)!;
    expect(journal.read(0, undefined)).to.equal(first);
    for (let place = 1; place < 200; place++) expect(journal.read(place, undefined)!.position).to.equal(200);
    const again = journal.read(0, undefined)!;
    expect(again).not.to.equal(first);
    expect(again).to.deep.equal(first);
  });
});
