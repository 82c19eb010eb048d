import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import type { Context } from "mocha";
import { refreshMounts } from "../../lib/places/mounts.ts";

/** Mounts `folder` at `at` as well, until disposed of. */
export function bindMount(folder: string, at: string): Disposable {
  mkdirSync(at, { recursive: true });
  changeMounts("mount", "--bind", folder, at);
  return { [Symbol.dispose]: () => changeMounts("umount", "--lazy", at) };
}

/**
 * Goes on only where bind mounts can be made: by the superuser of Linux, outside of most containers. Elsewhere the suites with a file system
 * in memory stand for these tests, so they are skipped with `TIDEMARK_REQUIRE=all` as well.
 */
export function requireBindMounts(context: Context, folder: string): void {
  try {
    bindMount(folder, `${folder}/tried`)[Symbol.dispose]();
  } catch {
    context.skip();
  }
}

/** The list of mounts may be younger than the change. */
function changeMounts(command: string, ...args: readonly string[]): void {
  execFileSync(command, args);
  refreshMounts();
}
