import { expect } from "chai";
import { renderComponentList, renderComponentTree, type ShownComponent } from "../../lib/cli/component-lines.ts";

async function* list(...paths: string[]): AsyncGenerator<ShownComponent> {
  for (const path of paths) {
    yield { path, name: `f${path.length}`, isMemoized: path.length > 5, targetCount: path.length > 5 ? 1204 : 0 };
  }
}

async function collect(lines: AsyncIterable<string>): Promise<string[]> {
  return Array.fromAsync(lines);
}

describe("renderComponentList", () => {
  it("gives path, function, memo and target states, and leaves out what there is not", async () => {
    expect(await collect(renderComponentList(list("/", "/docs/1")))).to.deep.equal([
      "/  f1",
      "/docs/1  f7  memo  1,204 target states",
    ]);
  });
});

describe("renderComponentTree", () => {
  it("puts components under their parent, with the rest of their path", async () => {
    expect(await collect(renderComponentTree(list("/", "/a", "/a/b", "/a/b/c", "/ab", "/z")))).to.deep.equal([
      "/  f1",
      "  /a  f2",
      "    /b  f4",
      "      /c  f6  memo  1,204 target states",
      "  /ab  f3",
      "  /z  f2",
    ]);
  });

  it("shows a path that skips levels under the nearest component", async () => {
    expect(await collect(renderComponentTree(list("/", "/x/y", "/x/y/q", "/x/z")))).to.deep.equal([
      "/  f1",
      "  /x/y  f4",
      "    /q  f6  memo  1,204 target states",
      "  /x/z  f4",
    ]);
  });

  it("takes paths as data", async () => {
    expect(await collect(renderComponentTree(list("/a\u001b[2J\n")))).to.deep.equal([
      "/a   f7  memo  1,204 target states",
    ]);
  });
});
