import { expect } from "chai";
import { currentMemoRoot, withMemoRoot } from "../../../lib/engine/memo/memo-root.ts";

describe("withMemoRoot", () => {
  it("has a root while the body runs, also in another body and after one that throws", () => {
    const seen: (string | undefined)[] = [currentMemoRoot()];
    withMemoRoot("/a", () => {
      seen.push(currentMemoRoot());
      const fail = (): never => {
        seen.push(currentMemoRoot());
        throw new Error("failed");
      };
      expect(() => withMemoRoot("/b", fail)).to.throw("failed");
      seen.push(currentMemoRoot());
    });
    expect([...seen, currentMemoRoot()]).to.deep.equal([undefined, "/a", "/b", "/a", undefined]);
  });
});
