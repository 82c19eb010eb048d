import { expect } from "chai";
import { importRules, inCheckout } from "../../.ci/import-rules.ts";

/** The message of the rule that forbids `specifier` in a file of lib, or `undefined`. */
function refusal(file: string, specifier: string): string | undefined {
  const folder = file.slice(0, file.lastIndexOf("/"));
  const globs = [inCheckout(`lib/${file}`), inCheckout(`lib/${folder}/*.{ts,tsx}`)];
  const rule = importRules().findLast(({ files }) => globs.includes(files[0]!));
  const [, { patterns }] = rule!.rules["eslint/no-restricted-imports"];
  return patterns.find(({ regex }) => new RegExp(regex).test(specifier))?.message;
}

describe("import rules of the linter", () => {
  for (const [file, specifier] of [
    ["engine/memo/logic.ts", "../run/run.ts"],
    ["engine/execution/start.ts", "../live/launch.ts"],
    ["engine/run/run.ts", "../mount.ts"],
    ["progress/schema/stats.ts", "../report.ts"],
    ["connectors/localfs/watch/folder-watcher.ts", "../live-walk.ts"],
    ["connectors/sqlite/row.ts", "../../engine/mount.ts"],
    ["cli/show/run-lines.ts", "../commands/update.ts"],
    ["errors.ts", "./engine/map.ts"],
    ["state/codec.ts", "lmdb"],
  ] as const) {
    it(`forbid ${specifier} in lib/${file}`, () => {
      expect(refusal(file, specifier)).to.be.a("string");
    });
  }

  for (const [file, specifier] of [
    ["engine/run/run.ts", "../memo/logic.ts"],
    ["engine/live/launch.ts", "../execution/start.ts"],
    ["connectors/sqlite/row.ts", "../../engine/memo/memoizable.ts"],
    ["connectors/sqlite/table-target.ts", "../../engine/target.ts"],
    ["state/lmdb-database.ts", "lmdb"],
  ] as const) {
    it(`allow ${specifier} in lib/${file}`, () => {
      expect(refusal(file, specifier)).to.equal(undefined);
    });
  }
});
