import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";

/** Small, so that it is filled fast. */
const OPTIONS = "size=16m,mode=777";

/** Mounts a small file system in memory at a folder. Returns the folder. */
export function mountMemory(at: string): string {
  mkdirSync(at, { recursive: true });
  execFileSync("mount", ["-t", "tmpfs", "-o", OPTIONS, "none", at], { stdio: "pipe" });
  return at;
}

/** Takes a file system away, also while files in it are open. */
export function unmount(at: string): void {
  execFileSync("umount", ["--lazy", at], { stdio: "pipe" });
}
