import { createHash } from "node:crypto";
import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { root } from "./run-step.mjs";

// Not inside the checkout: `npm ci` empties node_modules and a build empties dist.
const lock = join(tmpdir(), `tidemark-${createHash("sha256").update(root).digest("hex").slice(0, 16)}.lock`);

/** Runs `body` while no other process prepares this checkout. */
export async function withLock(body) {
  await acquire();
  try {
    await body();
  } finally {
    rmSync(lock, { force: true });
  }
}

async function acquire() {
  let hasSaid = false;
  while (!tryAcquire()) {
    const holder = readHolder();
    if (holder === undefined) {
      continue;
    }
    if (!isAlive(holder)) {
      rmSync(lock, { force: true });
      continue;
    }
    if (!hasSaid) {
      console.error(`Waiting for process ${holder}, which is preparing this folder (${lock})…`);
      hasSaid = true;
    }
    await setTimeout(200);
  }
}

function tryAcquire() {
  const own = `${lock}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    // A link appears with its content, so nobody ever reads a lock without a holder.
    linkSync(own, lock);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") {
      return false;
    }
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

function readHolder() {
  try {
    return Number(readFileSync(lock, "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
