import { execFileSync } from "node:child_process";
import { closeSync, existsSync, openSync, readSync, statSync, truncateSync, writeSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Preparation } from "./fault-kinds.ts";
import type { FaultLane } from "./fault-lane.ts";
import { DATABASE } from "./fault-pipeline.ts";

/** A change that was made to a project before a run; disposing undoes the change. */
export interface Prepared extends Disposable {
  readonly isDone: boolean;
}

/** Makes the planned change to a project before a run. */
export function prepareRun(base: string, preparation: Preparation | undefined, lane: FaultLane): Prepared {
  if (preparation === undefined) return { isDone: false, [Symbol.dispose]: () => {} };
  if (preparation.do === "lock") return lockDatabase(join(base, DATABASE), preparation.releaseAfterMs);
  if (preparation.do === "mount read-only") return mountReadOnly(lane.disk!);
  return damage(join(base, ".tidemark", "data.mdb"), preparation.do, preparation.at);
}

function lockDatabase(path: string, releaseAfterMs: number | undefined): Prepared {
  const database = new DatabaseSync(path);
  database.exec("BEGIN EXCLUSIVE");
  const release = (): void => {
    clearTimeout(timer);
    if (database.isOpen) database.close();
  };
  const timer = releaseAfterMs === undefined ? undefined : setTimeout(release, releaseAfterMs);
  return { isDone: true, [Symbol.dispose]: release };
}

/** Refused while a file is open for writing. */
function mountReadOnly(disk: string): Prepared {
  const mount = (mode: "ro" | "rw"): void =>
    void execFileSync("mount", ["-o", `remount,${mode}`, disk], { stdio: "ignore" });
  try {
    mount("ro");
  } catch {
    return { isDone: false, [Symbol.dispose]: () => {} };
  }
  return { isDone: true, [Symbol.dispose]: () => mount("rw") };
}

function damage(path: string, how: "cut" | "flip" | "zero", at: number): Prepared {
  const prepared = { isDone: existsSync(path), [Symbol.dispose]: () => {} };
  if (!prepared.isDone) return prepared;
  const { size } = statSync(path);
  const place = Math.floor(at * (size - 1));
  if (how === "cut") {
    truncateSync(path, place);
    return prepared;
  }
  const file = openSync(path, "r+");
  const bytes = Buffer.alloc(how === "flip" ? 1 : 4096);
  if (how === "flip") {
    readSync(file, bytes, 0, 1, place);
    bytes[0]! ^= 1 << (place % 8);
  }
  writeSync(file, bytes, 0, bytes.length, how === "flip" ? place : place - (place % 4096));
  closeSync(file);
  return prepared;
}
