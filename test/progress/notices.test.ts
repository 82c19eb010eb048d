import { expect } from "chai";
import { MAX_NOTICES, Notices } from "../../lib/progress/notices.ts";

describe("Notices", () => {
  it("keeps one notice for each code and path, with the title of its group, and passes each on once", () => {
    const notices = new Notices("Docs");
    const added: string[] = [];
    notices.onAdd = ({ message }) => added.push(message);
    notices.add({ code: "SOURCE_EMPTIED", message: "one", path: "/a" });
    notices.add({ code: "SOURCE_EMPTIED", message: "again", path: "/a" });
    notices.add({ code: "NOTHING_MATCHES", message: "two", path: "/a" });
    notices.add({ code: "SOURCE_EMPTIED", message: "three", path: "/b" });
    expect(added).to.deep.equal(["one", "two", "three"]);
    expect(notices.values()[0]).to.deep.equal({ code: "SOURCE_EMPTIED", message: "one", path: "/a", group: "Docs" });
    expect(notices.values()).to.have.lengthOf(3);
  });

  it("keeps the first 100", () => {
    const notices = new Notices(null);
    for (let index = 0; index < 150; index++) notices.add({ code: "SOURCE_EMPTIED", message: "", path: `/${index}` });
    expect(notices.values()).to.have.lengthOf(MAX_NOTICES);
    expect(notices.values().at(-1)?.path).to.equal("/99");
  });
});
