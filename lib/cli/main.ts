#!/usr/bin/env node
import { describeOldNode } from "./console/node-version.ts";

// The rest is loaded after the check: an older Node fails in the middle of it, over names that it does not have.
const problem = describeOldNode(process.version);
if (problem === undefined) {
  await run();
} else {
  refuse(problem);
}

async function run(): Promise<void> {
  const { runProcess } = await import("./run-process.ts").catch(async (error: unknown) => {
    const { describeMissingDependency } = await import("./console/missing-dependency.ts");
    const missing = describeMissingDependency(error);
    if (missing === undefined) throw error;
    refuse(missing);
    return { runProcess: undefined };
  });
  await runProcess?.();
}

function refuse(reason: string): void {
  process.stderr.write(`error: ${reason}\n`);
  process.exitCode = 2;
}
