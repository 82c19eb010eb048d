import { expect } from "chai";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../examples/run-program.ts";

/** The files that ask for the date by themselves, each for the sake of the date: to measure time by it fails when the clock is set. */
const ALLOWED: readonly string[] = [
  // Compared with the dates that a file system gives its files.
  "connectors/localfs/content-reader.ts",
  "connectors/localfs/quick-read.ts",
  // A change says when it happened.
  "engine/sources/live-map.ts",
  // Shown as times of day.
  "serve/page/page-store.ts",
  "serve/page/throughput-chart.tsx",
  "serve/page/words.ts",
  // The time of the boot, where the system gives no id.
  "time/boot-id.ts",
  "time/system-clock.ts",
];

describe("The date of the machine", () => {
  it("is asked for only by a clock, and where a date is meant", () => {
    const files = readdirSync(join(ROOT, "lib"), { recursive: true, encoding: "utf8" })
      .map((path) => path.replaceAll("\\", "/"))
      .filter((path) => /\.tsx?$/.test(path));
    const asking = files.filter((path) =>
      /\bDate\.now\b|\bnew Date\(\)/.test(readFileSync(join(ROOT, "lib", path), "utf8")),
    );
    expect(asking.toSorted()).to.deep.equal(ALLOWED);
  });
});
