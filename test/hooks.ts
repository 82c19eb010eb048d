import type { Context } from "mocha";
import { setImmediate, setTimeout } from "node:timers/promises";
import { endWaits } from "./until.ts";

const warnings: Error[] = [];
process.on("warning", (warning) => warnings.push(warning));

/** Resources that a test must release: any of them keeps the process from ending after the last test. */
const HELD = new Set(["FSEventWrap", "ProcessWrap", "TCPServerWrap", "TCPSocketWrap", "Timeout", "Worker"]);

/** Mocha's own timer, which limits the hook below. */
const OWN = "Timeout";

/** Fails the run if Node printed a warning in it, or a test left something open. Explains a test that has waited in vain. */
export const mochaHooks = {
  async afterEach(this: Context): Promise<void> {
    for (const explanation of await endWaits()) {
      console.error(`"${this.currentTest?.fullTitle()}" has waited in vain:`, explanation);
    }
  },

  async afterAll(): Promise<void> {
    // Node emits a warning one turn after its cause.
    await setImmediate();
    if (warnings.length > 0) {
      throw new AggregateError(warnings, `Node printed warnings: ${warnings.map(String).join("; ")}`);
    }
    // Connections that are kept for a next request take some seconds to end.
    for (let wait = 0; heldResources().length > 0 && wait < 100; wait++) await setTimeout(100);
    const held = heldResources();
    if (held.length > 0) throw new Error(`A test has left open: ${held.join(", ")}`);
  },
};

function heldResources(): readonly string[] {
  const held = process.getActiveResourcesInfo().filter((resource) => HELD.has(resource));
  return held.includes(OWN) ? held.toSpliced(held.indexOf(OWN), 1) : held;
}
