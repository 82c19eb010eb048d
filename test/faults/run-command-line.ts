import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { MAX_RUN_MS, readChildNotes, withoutNodeOptions, type ChildRun } from "./child-run.ts";
import type { RunOrder } from "./run-order.ts";

const MAIN = fileURLToPath(new URL("../../lib/cli/main.ts", import.meta.url));
const APP = fileURLToPath(new URL("./command-process.ts", import.meta.url));

/** Makes a run by `tidemark update`, in a new process. */
export async function runCommandLine(order: RunOrder, env: Readonly<Record<string, string>>): Promise<ChildRun> {
  // An environment variable has no room for it.
  const file = `${order.base}.order`;
  writeFileSync(file, JSON.stringify(order));
  const child = spawn(process.execPath, [MAIN, "update", APP, "--quiet"], {
    env: withoutNodeOptions({ ...env, FAULT_ORDER: file }),
    stdio: ["ignore", "ignore", "pipe"],
  });
  let isHung = false;
  const timer = setTimeout(() => {
    isHung = true;
    child.kill("SIGKILL");
  }, MAX_RUN_MS);
  const [errors, [code, signal]] = await Promise.all([text(child.stderr), once(child, "close")]);
  clearTimeout(timer);
  return { ...readChildNotes(order.number, errors), exit: { code, signal }, end: undefined, isHung };
}
