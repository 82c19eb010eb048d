import { execFileSync } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { once } from "node:events";
import { join } from "node:path";
import { expect } from "chai";
import type { Context } from "mocha";
import { startChild } from "../state/child-process.ts";
import { createTempFolder } from "../temp-folder.ts";
import { mountTmpfs, requireTmpfs } from "../tmpfs.ts";

/** A failed step whose message names the reason and a remedy. */
const FAILED =
  /^(still )?full: STORE_UNAVAILABLE Cannot (write to|open) store at .*(ENOSPC|EIO|EFBIG).*; (free space|raise the limit of file sizes)/;

/** The steps of each scenario; a step that has to fail is `false`. */
const SCENARIOS: Readonly<Record<string, readonly (string | false)[]>> = {
  update: [
    "neighbour: 2 added, 0 unchanged",
    "with room: 2 added, 0 unchanged",
    false,
    "neighbour: 0 added, 1 unchanged",
    false,
    "room again",
    "and again: 0 added, 2000 unchanged",
  ],
  live: [false, "room again"],
  memo: ["with room", false, "smaller"],
  history: ["with room", ...Array.from({ length: 60 }, () => "full: 0 added, 1 unchanged")],
  closing: ["with room", "full: ENVIRONMENT_CLOSED"],
  opening: [false, "room again: 2 added, 0 unchanged"],
  cut: ["with room", false, "cut: STORE_LOST", "room again: STORE_LOST", "next: STORE_CORRUPT Cannot open store"],
};

describe("A store without room", () => {
  for (const [limit, where] of [
    ["tmpfs", "on a full disk"],
    ["fsize", "at the limit of file sizes"],
  ] as const) {
    for (const [scenario, steps] of Object.entries(SCENARIOS)) {
      for (const handlers of ["handlers", "bare"]) {
        it(`harms neither the process nor the store ${where}: ${scenario}, ${handlers} (a bug once: they died)`, async function () {
          this.timeout(120_000);
          await using folder = await createTempFolder();
          const full = join(folder.path, "full");
          await mkdir(full);
          using _room = limit === "tmpfs" ? mountRoom(this, folder.path, full) : requirePrlimit(this);
          const { code, lines } = await run([scenario, folder.path, limit, handlers]);
          expect(lines.map((line, index) => judge(line, steps[index]))).to.deep.equal([...steps, "closed"]);
          expect(code).to.equal(0);
        });
      }
    }
  }
});

/** The step that a line reports, as it is expected; otherwise the line itself. */
function judge(line: string, expected: string | false | undefined): string | false {
  if (expected === false) return FAILED.test(line) ? false : line;
  if (expected === undefined || !line.startsWith(expected)) return line;
  return expected.includes("STORE_") || !line.includes("STORE_") ? expected : line;
}

async function run(args: readonly string[]): Promise<{ readonly lines: string[]; readonly code: number | null }> {
  await using child = startChild(new URL("./full-disk-process.ts", import.meta.url), args);
  const ended = once(child.process, "exit") as Promise<[number | null]>;
  const lines: string[] = [];
  for await (const line of child.lines) lines.push(line);
  const [code] = await ended;
  return { lines, code };
}

function mountRoom(context: Context, folder: string, at: string): Disposable {
  requireTmpfs(context, folder);
  return mountTmpfs(at, "12m");
}

function requirePrlimit(context: Context): Disposable {
  try {
    execFileSync("prlimit", ["--pid", String(process.pid)], { stdio: "ignore" });
  } catch {
    context.skip();
  }
  return { [Symbol.dispose]: () => undefined };
}
