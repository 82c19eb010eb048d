import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** A project at one moment: the content of all its files. */
export interface ProjectState {
  readonly name: string;
  readonly files: ReadonlyMap<string, Buffer>;
  /** The rounds of edits that its sources have been through. */
  readonly numEdits: number;
  /** The data of its store at moments of its last update. */
  readonly earlierData: readonly Buffer[];
}

/** Makes the project in a folder in several states: closed and killed, after a first run and after many. */
export function makeStates(root: string): readonly ProjectState[] {
  const states: ProjectState[] = [];
  rmSync(root, { recursive: true, force: true });
  const add = (name: string, numEdits: number, maxPages?: number) => {
    const earlierData = runUpdate(root, numEdits, maxPages);
    states.push({ name, files: readFiles(root), numEdits, earlierData });
  };
  add("killed in its first run", 0, 25);
  add("closed after its first run", 0);
  for (let edit = 1; edit <= 3; edit++) runUpdate(root, edit);
  add("closed after many runs", 4);
  add("killed in a later run", 5, 4);
  return states;
}

/** Makes the files in a folder those of a state. */
export function restoreState(root: string, { files }: ProjectState): void {
  rmSync(root, { recursive: true, force: true });
  for (const [name, bytes] of files) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), bytes);
  }
}

/** Updates the project in a process of its own, and returns the data of the store during the update. */
function runUpdate(root: string, numEdits: number, maxPages?: number): readonly Buffer[] {
  const copies = mkdtempSync(`${root}-copies-`);
  try {
    const script = fileURLToPath(new URL("update-process.ts", import.meta.url));
    const args = [root, numEdits, copies, maxPages].filter((arg) => arg !== undefined).map(String);
    const { signal, status, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });
    const isAsMeant = maxPages === undefined ? status === 0 : signal === "SIGKILL";
    if (!isAsMeant) throw new Error(`The update ${args.join(" ")} ended with ${status ?? signal}: ${stderr}`);
    return [...readFiles(copies).values()];
  } finally {
    rmSync(copies, { recursive: true });
  }
}

function readFiles(root: string): ReadonlyMap<string, Buffer> {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map(({ name, parentPath }) => join(parentPath, name));
  return new Map(paths.map((path) => [relative(root, path), readFileSync(path)]));
}
