import { execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";

/** Whether processes can be given a core of their own here: with `taskset`, and two cores at least. */
export const canPin: boolean = availableParallelism() > 1 && hasTaskset();

/** Keeps this process, with all of its threads, on one core from now on, where that is possible. */
export function pinToCore(core: number): void {
  if (canPin) execFileSync("taskset", ["-acp", String(core), String(process.pid)], { stdio: "ignore" });
}

function hasTaskset(): boolean {
  try {
    execFileSync("taskset", ["-p", String(process.pid)], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
