import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Context } from "mocha";

/** A system call on the data of a store that is to fail. */
export interface FailingCall {
  readonly call: string;
  /** Which of its calls fails, from 1. */
  readonly place: number;
}

/** The system calls that write the data of a store. */
export const DATA_CALLS: readonly string[] = ["pwrite64", "fdatasync"];

/** Returns the launcher of a process in which a call on the data of the store in `store` fails with `EIO`. The trace is written into `folder`. */
export function failingLauncher(folder: string, store: string, { call, place }: FailingCall): readonly string[] {
  const fault = ["-e", `trace=${DATA_CALLS.join(",")}`, "-e", `inject=${call}:error=EIO:when=${place}`];
  // strace counts the calls of each thread by themselves.
  const launcher = ["env", "UV_THREADPOOL_SIZE=1", "strace", "-f", "-o", join(folder, "trace"), "-P"];
  return [...launcher, join(store, "data.mdb"), ...fault];
}

/** Goes on only where processes can be traced: on Linux with strace, outside of most containers. */
export function requireStrace(context: Context): void {
  try {
    execFileSync("strace", ["-o", "/dev/null", "true"], { stdio: "ignore" });
  } catch {
    context.skip();
  }
}
