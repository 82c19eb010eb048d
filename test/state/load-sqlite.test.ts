import { expect } from "chai";
import { loadSqlite } from "../../lib/state/load-sqlite.ts";

describe("loadSqlite", () => {
  it("gives the module of Node, and leaves warnings to Node again", () => {
    const before: unknown = Reflect.get(process, "emitWarning");
    expect(loadSqlite().DatabaseSync).to.be.a("function");
    expect(Reflect.get(process, "emitWarning")).to.equal(before);
  });
});
