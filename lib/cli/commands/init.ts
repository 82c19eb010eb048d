import { lstat, mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { formatCountOf } from "../../text/count.ts";
import { toPlainText } from "../../text/plain-text.ts";
import { EXIT_CODES } from "../console/exit.ts";
import { isFileSystemError } from "../console/file-system-error.ts";
import { createStarterFiles, toPackageName, type StarterFile } from "./starter-project.ts";
import { UsageError } from "../console/usage-error.ts";

/** No registry has the package yet: a project takes it from where this command is. */
const PACKAGE_ROOT = resolve(import.meta.dirname, "../../..");

/** `tidemark init`: writes a small project into a folder, this one without a name, and resolves with the exit code. */
export async function runInit(name: string | undefined): Promise<number> {
  if (name === "") throw new UsageError("Cannot write a project: NAME must name a folder, got an empty text");
  const folder = name ?? ".";
  const files = createStarterFiles({
    name: toPackageName(basename(resolve(folder))),
    source: `file:${relative(folder, PACKAGE_ROOT).replaceAll(sep, "/")}`,
  });
  try {
    await refuseToOverwrite(folder, files);
    for (const { content, path } of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      // Fails if somebody else has written it in the meantime.
      await writeFile(join(folder, path), content, { flag: "wx" });
    }
  } catch (error) {
    throw isFileSystemError(error) ? new UsageError(`Cannot write a project to ${folder}: ${error.message}`) : error;
  }
  process.stdout.write(renderSummary(folder, files));
  return EXIT_CODES.done;
}

async function refuseToOverwrite(folder: string, files: readonly StarterFile[]): Promise<void> {
  const found: string[] = [];
  for (const { path } of files) if (await isThere(join(folder, path))) found.push(`  ${path}`);
  if (found.length === 0) return;
  throw new UsageError([`Cannot write a project to ${folder}: these are there already`, ...found].join("\n"));
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

function renderSummary(folder: string, files: readonly StarterFile[]): string {
  const enter = folder === "." ? [] : [`  cd ${toPlainText(folder)}`];
  return [
    `Wrote ${formatCountOf(files.length, "file")} to ${toPlainText(folder)}:`,
    ...files.map(({ path }) => `  ${path}`),
    "",
    "Now run",
    ...enter,
    "  npm install",
    "  npx tidemark update app.ts",
    "and each text file in notes has a loud copy in loud. Edit one, and run it again: only that one is made anew.",
    "",
  ].join("\n");
}
