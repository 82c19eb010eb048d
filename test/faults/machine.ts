import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";

// The functions as they are before steps are counted in them.
const { chmodSync, closeSync, openSync, readdirSync, rmSync, statfsSync, writeFileSync, writeSync } = fs;

/** The file that keeps a file system full. */
export const FILLER = "filler";

/** The user of runs without the rights of the superuser: `nobody`. */
export const NOBODY = 65_534;

/** Limits a resource of this process; the hard limit stays. */
export function limitProcess(of: "fsize" | "nofile", to: number): void {
  try {
    const limit = of === "nofile" ? readdirSync("/proc/self/fd").length + to : to;
    execFileSync("prlimit", [`--pid=${process.pid}`, `--${of}=${limit}:`]);
  } catch (error) {
    // An earlier limit of the same run leaves no file descriptors for the program that sets this one.
    if ((error as NodeJS.ErrnoException).code !== "EMFILE") throw error;
  }
}

/** Fills a mounted file system up to so many free bytes. */
export function fillDisk(disk: string, free: number): void {
  const { bavail, bsize } = statfsSync(disk);
  const filler = openSync(join(disk, FILLER), "a");
  try {
    const chunk = Buffer.alloc(64 * 1024);
    for (let left = bavail * bsize - free; left > 0; left -= chunk.length) {
      writeSync(filler, chunk, 0, Math.min(left, chunk.length));
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  } finally {
    closeSync(filler);
  }
}

/** Changes the rights of a file or folder of a project, if it is there. An earlier fault of the run may have taken the rights of its folder. */
export function changeMode(path: string, mode: number): void {
  try {
    chmodSync(path, mode);
  } catch (error) {
    if (!["ENOENT", "EACCES"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

/** Removes a file or folder of a project. */
export function removePath(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 5 });
}

/** Sets the clock of a process that runs under libfaketime. */
export function setClock(offsetDays: number): void {
  const file = process.env["FAKETIME_TIMESTAMP_FILE"];
  if (file !== undefined) writeFileSync(file, `${offsetDays < 0 ? "" : "+"}${offsetDays}d`);
}

/** Prints a line on standard error before anything else happens. */
export function printNow(line: string): void {
  // Native code may have left a line of its own unfinished.
  writeSync(2, `\n${line}\n`);
}
