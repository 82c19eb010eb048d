import { expect } from "chai";
import {
  renderComponentList,
  renderComponentTree,
  type ShownComponent,
} from "../../../lib/cli/show/component-lines.ts";

async function* list(...components: [depth: number, path: string][]): AsyncGenerator<ShownComponent> {
  for (const [depth, path] of components) {
    const isLong = path.length > 5;
    yield { path, depth, name: `f${path.length}`, isMemoized: isLong, targetCount: isLong ? 1204 : 0 };
  }
}

async function collect(lines: AsyncIterable<string>): Promise<string[]> {
  const collected: string[] = [];
  for await (const line of lines) collected.push(line);
  return collected;
}

describe("renderComponentList", () => {
  it("gives path, function, memo and target states, and leaves out what there is not", async () => {
    expect(await collect(renderComponentList(list([0, "/"], [1, "/docs/1"])))).to.deep.equal([
      "/  f1",
      "/docs/1  f7  memo  1,204 target states",
    ]);
  });
});

describe("renderComponentTree", () => {
  it("puts components under their parent, with the rest of their path", async () => {
    expect(
      await collect(renderComponentTree(list([0, "/"], [1, "/a"], [2, "/a/b"], [3, "/a/b/c"], [1, "/ab"], [1, "/z"]))),
    ).to.deep.equal([
      "/  f1",
      "  /a  f2",
      "    /b  f4",
      "      /c  f6  memo  1,204 target states",
      "  /ab  f3",
      "  /z  f2",
    ]);
  });

  it("shows a path that skips levels under the nearest component", async () => {
    expect(await collect(renderComponentTree(list([0, "/"], [1, "/x/y"], [2, "/x/y/q"], [1, "/x/z"])))).to.deep.equal([
      "/  f1",
      "  /x/y  f4",
      "    /q  f6  memo  1,204 target states",
      "  /x/z  f4",
    ]);
  });

  it("takes paths as data", async () => {
    expect(await collect(renderComponentTree(list([0, "/a\u001b[2J\n"])))).to.deep.equal([
      "/a   f7  memo  1,204 target states",
    ]);
  });
});
