import { expect } from "chai";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { TIDEMARK_ERROR_CODES } from "../../lib/errors.ts";
import { ROOT } from "../examples/run-program.ts";

describe("docs/errors.md", () => {
  it("has one row for each code, which says when and what to do", async () => {
    const page = await readFile(join(ROOT, "docs/errors.md"), "utf8");
    const rows = [...page.matchAll(/^\| `([A-Z_]+)` *\|(.*)\|$/gm)].map(([, code, cells = ""]) => ({
      code,
      cells: cells.split("|").map((cell) => cell.trim()),
    }));
    expect(rows.map(({ code }) => code)).to.deep.equal([...TIDEMARK_ERROR_CODES].toSorted());
    for (const { code, cells } of rows) {
      expect(cells, code).to.have.length(2);
      expect(cells, code).not.to.include("");
    }
  });
});
