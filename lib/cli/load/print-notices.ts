import type { Environment } from "../../app/environment.ts";
import { toPlainText } from "../../text/plain-text.ts";

/** Has notices of an environment printed on standard error, a line each, where a library would give a warning of Node. */
export async function printNotices(environment: Environment): Promise<void> {
  // Imported here: it loads the whole engine, which is in memory once there is an environment.
  const { stateOf } = await import("../../app/environment.ts");
  stateOf(environment).notice = (message) => void process.stderr.write(`${toPlainText(message)}\n`);
}
