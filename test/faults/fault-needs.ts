import { existsSync } from "node:fs";
import { join } from "node:path";
import { isInstalled } from "../require-program.ts";
import { mountMemory, unmount } from "./memory-disk.ts";

/** A facility of the machine that a kind of faults needs. */
export type Need = "memory disk" | "faketime" | "prlimit";

/** The library that sets the clock of a process, of Debian's package `faketime`. */
export const LIBFAKETIME: string | undefined = ["x86_64", "aarch64"]
  .map((cpu) => `/usr/lib/${cpu}-linux-gnu/faketime/libfaketime.so.1`)
  .find((path) => existsSync(path));

/** Says why a facility is missing on this machine; `undefined` when it is there. */
export function lackOf(need: Need, folder: string): string | undefined {
  if (need === "prlimit") return isInstalled("prlimit") ? undefined : "prlimit is not installed";
  if (need === "faketime") return LIBFAKETIME === undefined ? "faketime is not installed" : undefined;
  return canMount(folder) ? undefined : "file systems cannot be mounted";
}

/** Only the superuser of Linux can, outside of most containers. */
function canMount(folder: string): boolean {
  try {
    unmount(mountMemory(join(folder, "tried")));
    return true;
  } catch {
    return false;
  }
}
