import { expect } from "chai";
import { renderAnnotations } from "../../../lib/report/github/annotations.ts";
import { createCause } from "../views.ts";

describe("renderAnnotations", () => {
  it("makes one error of each cause, with its count and the first path", () => {
    expect(renderAnnotations([createCause("too small", 3), createCause("gone")])).to.deep.equal([
      "::error title=doc::3 times too small (first at /a)",
      "::error title=doc::gone (/a)",
    ]);
  });

  it("lets nothing in a title or a message become a command of its own", () => {
    const cause = createCause("100 % ::error::", 1, "/a\n::set-output name=x::y");
    const named = { ...cause, first: { ...cause.first, group: "Docs: a,b\r\n::stop" } };
    expect(renderAnnotations([named])).to.deep.equal([
      "::error title=Docs%3A a%2Cb %3A%3Astop%3A doc::100 %25 ::error:: (/a ::set-output name=x::y)",
    ]);
  });

  it("makes no more than GitHub shows", () => {
    expect(renderAnnotations(Array.from({ length: 30 }, () => createCause("x")))).to.have.length(10);
  });
});
