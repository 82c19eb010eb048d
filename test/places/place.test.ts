import { expect } from "chai";
import { posix, win32 } from "node:path";
import { isNoPath, isOutside, resolvePlace, toPlace } from "../../lib/places/place.ts";

describe("toPlace", () => {
  const cases: readonly (readonly [root: string, path: string, place: string])[] = [
    ["/work/p", "/work/p", "."],
    ["/work/p", "/work/p/out/site", "out/site"],
    ["/work/p", "/work/p/..out", "..out"],
    ["/work/p", "/work", "/work"],
    ["/work/p", "/work/p2/out", "/work/p2/out"],
    ["/", "/tmp/out", "tmp/out"],
    ["/", "/", "."],
    ["/work/p", "/work/p/a\\b", "a\\b"],
    ["/work/p", "/work/p/memory:x", "./memory:x"],
    ["/work/p", "/work/p/C:\\x", "./C:\\x"],
    ["/work/p", "/work/p/a:b/c", "a:b/c"],
  ];
  for (const [root, path, place] of cases) {
    it(`gives ${place} for ${path} below ${root}, and resolvePlace leads back`, () => {
      expect(toPlace(root, path, posix)).to.equal(place);
      expect(resolvePlace(root, place, posix)).to.equal(path);
    });
  }

  const windowsCases: readonly (readonly [root: string, path: string, place: string])[] = [
    ["C:\\work\\p", "C:\\work\\p\\out\\site", "out/site"],
    ["C:\\work\\p", "C:\\work", "C:\\work"],
    ["C:\\work\\p", "D:\\out", "D:\\out"],
    ["C:\\", "C:\\out", "out"],
    ["\\\\server\\share\\p", "\\\\server\\share\\p\\out", "out"],
    ["\\\\server\\share\\p", "\\\\server\\other\\out", "\\\\server\\other\\out"],
    ["C:\\work\\p", `C:\\work\\p\\${"long\\".repeat(80)}out`, `${"long/".repeat(80)}out`],
  ];
  for (const [root, path, place] of windowsCases) {
    it(`gives ${place.slice(0, 40)} for ${path.slice(0, 40)} below ${root} on Windows`, () => {
      expect(toPlace(root, path, win32)).to.equal(place);
      expect(resolvePlace(root, place, win32)).to.equal(path);
    });
  }

  it("takes a root in another case for the same on Windows", () => {
    expect(toPlace("c:\\Work\\p", "C:\\work\\p\\out", win32)).to.equal("out");
  });
});

describe("isOutside", () => {
  it("is true for absolute paths of every system and for names with a scheme", () => {
    for (const place of ["/x", "C:\\x", "\\\\server\\share\\x", "memory:1-2", "s3://bucket/x"]) {
      expect(isOutside(place), place).to.equal(true);
    }
    for (const place of [".", "out", "a:b", "./memory:x", "..out", "docs/C:\\x"]) {
      expect(isOutside(place), place).to.equal(false);
    }
  });
});

describe("isNoPath", () => {
  it("is true for names with a scheme and for absolute paths of another system", () => {
    const places = ["memory:1", "C:\\x", "\\\\server\\share\\x", "/x", "out", "./memory:1"];
    expect(places.map((place) => isNoPath(place, posix))).to.deep.equal([true, true, true, false, false, false]);
    expect(places.map((place) => isNoPath(place, win32))).to.deep.equal([true, false, false, true, false, false]);
  });
});
