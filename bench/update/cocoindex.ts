import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execute } from "../program.ts";
import { SkippedError } from "../skipped.ts";
import type { Side } from "./compare.ts";

/** CocoIndex, ready to run. */
export interface CocoIndex {
  readonly side: Side;
  readonly version: string;
}

/** The virtual environment: made once, then reused. Remove the folder to have the newest version installed. */
const ENVIRONMENT: string = fileURLToPath(new URL("../../output/bench/cocoindex-venv", import.meta.url));

let prepared: Promise<CocoIndex> | undefined;

/**
 * Installs CocoIndex from PyPI into a virtual environment of its own, if it is not there.
 *
 * @throws SkippedError when this machine has no Python with `venv`, or PyPI cannot be reached
 */
export function prepareCocoIndex(): Promise<CocoIndex> {
  prepared ??= prepare();
  return prepared;
}

async function prepare(): Promise<CocoIndex> {
  // It sends usage events otherwise, from its import on. Every process that is started from here inherits this.
  process.env["COCOINDEX_DISABLE_USAGE_TRACKING"] = "1";
  const python = join(ENVIRONMENT, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
  const readVersion = ["-c", "from importlib.metadata import version; print(version('cocoindex'))"];
  const installed = existsSync(python) ? await execute(python, readVersion).catch(() => undefined) : undefined;
  if (installed === undefined) {
    console.error("Installing CocoIndex into output/bench/cocoindex-venv…");
    await orSkip("it needs python3 with venv (python3-venv)", "python3", ["-m", "venv", ENVIRONMENT]);
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1", "--timeout", "30"];
    await orSkip("pip could not install it", python, [...pip, "cocoindex"]);
  }
  const version = (installed ?? (await execute(python, readVersion))).trim();
  const side = { name: "cocoindex", program: "./update/run-cocoindex.py", executable: python };
  return { side, version };
}

async function orSkip(reason: string, command: string, args: readonly string[]): Promise<void> {
  try {
    await execute(command, args);
  } catch (error) {
    throw new SkippedError(`No comparison with CocoIndex: ${reason}\n${(error as Error).message}`, { cause: error });
  }
}
