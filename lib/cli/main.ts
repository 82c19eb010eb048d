#!/usr/bin/env node
import { describeOldNode } from "./console/node-version.ts";

// The rest is loaded after the check: an older Node fails in the middle of it, over names that it does not have.
const problem = describeOldNode(process.version);
if (problem === undefined) {
  const { runProcess } = await import("./run-process.ts");
  await runProcess();
} else {
  process.stderr.write(`error: ${problem}\n`);
  process.exitCode = 2;
}
