import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import type { Context } from "mocha";

/** Mounts a file system in memory of a size such as `"2m"` at `at`, until disposed of. */
export function mountTmpfs(at: string, size: string): Disposable {
  mkdirSync(at, { recursive: true });
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", at], { stdio: "pipe" });
  return { [Symbol.dispose]: () => execFileSync("umount", ["--lazy", at]) };
}

/** Goes on only where file systems can be mounted: by the superuser of Linux, outside of most containers. */
export function requireTmpfs(context: Context, folder: string): void {
  try {
    mountTmpfs(`${folder}/tried`, "1m")[Symbol.dispose]();
  } catch {
    context.skip();
  }
}
