import { expect } from "chai";
import { splitCode } from "../../../examples/docs-search/code.ts";

describe("splitCode", () => {
  it("splits at top-level declarations, each with the comment above it", () => {
    const code = [
      'import { x } from "x";',
      "",
      "/** The first. */",
      "export async function first(): Promise<void> {",
      "  const inner = 1;",
      "}",
      "",
      "// The second.",
      "@decorated",
      "export default class Second {}",
      'declare module "third" {',
      "}",
    ].join("\n");
    expect(splitCode(code).map(({ title, line }) => `${line} ${title}`.trim())).to.deep.equal([
      "1",
      "3 first",
      "8 Second",
      "11 third",
    ]);
  });

  it("takes overloads for one declaration", () => {
    const code = "export function f(a: string): void;\nexport function f(a: number): void;\nexport type T = 1;\n";
    expect(splitCode(code).map(({ title }) => title)).to.deep.equal(["f", "T"]);
  });

  it("cuts a declaration of more than 100 lines, losing nothing", () => {
    const code = `interface Long {\n${"  member: string;\n".repeat(240)}}`;
    const sections = splitCode(code);
    expect(sections.map(({ title, line }) => [title, line])).to.deep.equal([
      ["Long", 1],
      ["Long", 101],
      ["Long", 201],
    ]);
    expect(sections.map(({ text }) => text).join("\n")).to.equal(code);
  });

  it("gives nothing for a file with nothing in it", () => {
    expect(splitCode(" \n\n")).to.deep.equal([]);
  });
});
