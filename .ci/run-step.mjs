import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** The folder of this checkout, with a slash at its end. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/** Says `title` on stderr and runs a command or a script; what it prints is shown only if it fails. */
export async function run(title, command, args) {
  console.error(title);
  const isScript = /[\\/]/.test(command);
  const child = spawn(isScript ? process.execPath : command, isScript ? [command, ...args] : args, {
    cwd: root,
    shell: !isScript && process.platform === "win32",
  });
  const output = [];
  child.stdout.on("data", (chunk) => output.push(chunk));
  child.stderr.on("data", (chunk) => output.push(chunk));
  const stop = (signal) => child.kill(signal);
  process.on("SIGINT", stop).on("SIGTERM", stop);
  const [code, signal] = await once(child, "close");
  process.off("SIGINT", stop).off("SIGTERM", stop);
  if (code !== 0) {
    process.stderr.write(Buffer.concat(output));
    throw new Error(`${title.replace("…", "")} failed: ${signal ?? `exit code ${code}`}`);
  }
}
