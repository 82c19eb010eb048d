import { expect } from "chai";
import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { Roster } from "../../lib/progress/roster.ts";

describe("Roster", () => {
  it("has its members in the order in which they came, also when others have left", () => {
    const roster = new Roster<string>();
    const [a, b, , d] = ["a", "b", "c", "d"].map((member) => roster.add(member));
    expect(roster.members()).to.deep.equal(["a", "b", "c", "d"]);
    roster.remove(b!);
    roster.remove(b!);
    expect(roster.members()).to.deep.equal(["a", "c", "d"]);
    roster.remove(a!);
    roster.remove(d!);
    expect(roster.members()).to.deep.equal(["c"]);
    roster.add("e");
    expect(roster.members()).to.deep.equal(["c", "e"]);
    expect(roster.size).to.equal(2);
  });

  it("is empty when the last one has left, and takes new ones", () => {
    const roster = new Roster<string>();
    roster.remove(roster.add("a"));
    expect([roster.size, roster.members()]).to.deep.equal([0, []]);
    roster.add("b");
    expect(roster.find(() => true)).to.equal("b");
  });

  it("finds the first member that is wanted", () => {
    const roster = new Roster<number>();
    for (const member of [1, 2, 3, 4]) roster.add(member);
    expect(roster.find((member) => member % 2 === 0)).to.equal(2);
    expect(roster.find((member) => member > 4)).to.equal(undefined);
  });

  it("keeps no member in memory that has left, even where only young memory is collected", async () => {
    const program = resolve(import.meta.dirname, "roster-process.ts");
    const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", program]);
    // A Map in its place keeps 120 MB.
    expect(Number(stdout)).to.be.below(30e6);
  });
});
