import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import type { Context } from "mocha";

/** A file system in memory, until it is disposed of. */
export interface Tmpfs extends Disposable {
  /** Mounts it again with other options, such as `size=1m` or `ro`. */
  remount(options: string): void;
}

/** Mounts a file system in memory at `path`. Skips the test where mounts are refused: to all but the superuser, and in most containers. */
export function mountTmpfs(context: Context, path: string, options: string): Tmpfs {
  mkdirSync(path, { recursive: true });
  const mount = (given: string): void =>
    void execFileSync("mount", ["-t", "tmpfs", "-o", given, "tmpfs", path], { stdio: "ignore" });
  try {
    mount(options);
  } catch {
    context.skip();
  }
  return {
    remount: (given) => mount(`remount,${given}`),
    [Symbol.dispose]: () => void execFileSync("umount", ["--lazy", path]),
  };
}
