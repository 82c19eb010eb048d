import type { Environment } from "../../app/environment.ts";
import { toPlainText } from "../../text/plain-text.ts";

/** Has the messages about the store of an environment printed on standard error, a line each, where a library would give a warning of Node. */
export async function printStoreLog(environment: Environment): Promise<void> {
  // Imported here: it loads the whole engine, which is in memory once there is an environment.
  const { stateOf } = await import("../../app/environment.ts");
  stateOf(environment).storeLog = (message) => void process.stderr.write(`${toPlainText(message)}\n`);
}
