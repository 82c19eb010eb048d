import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { uptime } from "node:os";
import { promisify } from "node:util";

/** The system, as far as {@link readBootId} asks it. */
export interface BootSystem {
  readonly platform: NodeJS.Platform;
  /** Reads a file of the system as text. */
  readonly readText: (path: string) => Promise<string>;
  /** Runs a program and returns its output. */
  readonly run: (program: string, args: readonly string[]) => Promise<string>;
  /** Seconds since the machine was started. */
  readonly uptime: () => number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Begins an id that is a time of boot, in milliseconds since 1970: the machine gives no other. */
const TIME_PREFIX = "time:";

/**
 * Two times of boot that differ by less are of the same boot: both are the difference of two clocks. No machine is started, used and
 * started again within it. A clock that was set since makes the same boot look like another one, which costs one look at each file.
 */
const TOLERANCE_MS = 5000;

const LINUX_FILE = "/proc/sys/kernel/random/boot_id";

/**
 * Reads the id of the present boot: the kernel's own on Linux and macOS, elsewhere the time of boot. A container has the id of its host.
 * Returns `undefined` where the system tells neither.
 */
export async function readBootId(system: BootSystem = nodeSystem): Promise<string | undefined> {
  try {
    const id = await kernelId(system);
    if (id !== "") return id;
  } catch {
    // A sandbox may hide it.
  }
  try {
    return `${TIME_PREFIX}${Math.round(system.now() - system.uptime() * 1000)}`;
  } catch {
    return undefined;
  }
}

let own: Promise<string | undefined> | undefined;

/** The id of the boot that this process runs in, read once. */
export function ownBootId(): Promise<string | undefined> {
  own ??= readBootId();
  return own;
}

/** Whether two ids of {@link readBootId} are of the same boot. Without an id on either side, no other boot is proven. */
export function isSameBoot(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined || one === other) return true;
  const [oneMs, otherMs] = [bootTime(one), bootTime(other)];
  return oneMs !== undefined && otherMs !== undefined && Math.abs(oneMs - otherMs) < TOLERANCE_MS;
}

function bootTime(id: string): number | undefined {
  return id.startsWith(TIME_PREFIX) ? Number(id.slice(TIME_PREFIX.length)) : undefined;
}

async function kernelId({ platform, readText, run }: BootSystem): Promise<string> {
  if (platform === "linux" || platform === "android") return (await readText(LINUX_FILE)).trim();
  if (platform === "darwin") return (await run("/usr/sbin/sysctl", ["-n", "kern.bootsessionuuid"])).trim();
  return "";
}

const execute = promisify(execFile);

const nodeSystem: BootSystem = {
  platform: process.platform,
  readText: (path) => readFile(path, "utf8"),
  run: async (program, args) => (await execute(program, args, { timeout: 5000 })).stdout,
  uptime,
  now: () => Date.now(),
};
