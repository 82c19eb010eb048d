import type { ChildProcess } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { isatty } from "node:tty";

/** What a child process is started with, as far as it matters here. */
interface SpawnOptions {
  readonly stdio?: unknown;
}

type Spawnable = ChildProcess & { spawn(options: SpawnOptions): unknown };

/** The channel on which Node tells of every child process that is made. */
const CHANNEL = "child_process";

/**
 * Has `shared` told when a child process is about to start that writes to this terminal by itself, and when the last such one has
 * ended. One that was started before, or is run with `spawnSync`, is not seen.
 */
export function watchSharing(shared: (isShared: boolean) => void): () => void {
  const children = new Set<ChildProcess>();
  let isWatching = true;
  const forget = (child: ChildProcess): void => {
    if (children.delete(child) && children.size === 0 && isWatching) shared(false);
  };
  const watch = (message: unknown): void => {
    const child = (message as { process: Spawnable }).process;
    const spawn = child.spawn.bind(child);
    // What it is started with is known only now, when it has not printed anything yet.
    child.spawn = (options) => {
      if (isWatching && inheritsTerminal(options.stdio)) {
        children.add(child);
        if (children.size === 1) shared(true);
        for (const name of ["exit", "error"]) child.once(name, () => forget(child));
      }
      try {
        return spawn(options);
      } catch (error) {
        forget(child);
        throw error;
      }
    };
  };
  subscribe(CHANNEL, watch);
  return () => {
    isWatching = false;
    unsubscribe(CHANNEL, watch);
  };
}

function inheritsTerminal(stdio: unknown): boolean {
  if (stdio === "inherit") return true;
  if (!Array.isArray(stdio)) return false;
  return stdio.slice(1).some((one: unknown, index) => isTerminal(one, index + 1));
}

function isTerminal(stdio: unknown, fd: number): boolean {
  if (stdio === "inherit") return isatty(fd);
  if (typeof stdio === "number") return isatty(stdio);
  return stdio !== null && typeof stdio === "object" && "isTTY" in stdio && stdio.isTTY === true;
}
