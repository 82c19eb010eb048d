import { setImmediate } from "node:timers/promises";

const warnings: Error[] = [];
process.on("warning", (warning) => warnings.push(warning));

/** Fails the run if Node printed a warning in it. */
export const mochaHooks = {
  async afterAll(): Promise<void> {
    // Node emits a warning one turn after its cause.
    await setImmediate();
    if (warnings.length > 0) {
      throw new AggregateError(warnings, `Node printed warnings: ${warnings.map(String).join("; ")}`);
    }
  },
};
