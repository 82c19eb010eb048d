import { expect } from "chai";
import { join } from "node:path";
import { startChild } from "../state/child-process.ts";
import { createTempFolder } from "../temp-folder.ts";

const NONE: readonly string[] = [];
const BOOM: readonly string[] = ["unhandled boom"];

const SCENARIOS: readonly (readonly [scenario: string, unhandled: readonly string[]])[] = [
  ["the result is taken", NONE],
  ["a watcher takes it", NONE],
  ["both take it", NONE],
  ["a watcher takes it while another one has left", NONE],
  ["a slow watcher takes it", NONE],
  ["the last of two watchers leaves after the failure", NONE],
  ["the last watcher leaves after the failure, and the result is taken", NONE],
  ["the last watcher leaves after the failure, and the result was taken before", NONE],
  ["the run and its watcher share a signal", NONE],
  ["mounts that nobody waits for are aborted", NONE],
  ["a run that cannot start is watched", NONE],
  ["nobody takes it", BOOM],
  ["the only watcher has left before", BOOM],
  ["the last watcher leaves after the failure", BOOM],
  ["the only watcher is forgotten in the middle", BOOM],
  ["the only watcher was stopped by its own signal", BOOM],
];

describe("The error of a run", () => {
  for (const [scenario, unhandled] of SCENARIOS) {
    it(`is ${unhandled.length === 0 ? "no" : "an"} unhandled rejection when ${scenario}`, async () => {
      await using folder = await createTempFolder();
      await using child = startChild(new URL("./rejecting-process.ts", import.meta.url), [
        scenario,
        join(folder.path, "db"),
      ]);
      const lines: string[] = [];
      for await (const line of child.lines) lines.push(line);
      expect(lines, child.errors()).to.deep.equal([...unhandled, "done"]);
    });
  }
});
