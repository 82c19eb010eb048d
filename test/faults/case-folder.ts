import fs from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { DATABASE, USER_FOLDER, USER_TABLE } from "./fault-pipeline.ts";
import type { FaultProject } from "./fault-project.ts";
import { OUTSIDE_LOG } from "./outside-targets.ts";

// The functions as they are before steps are counted in them.
const {
  chmodSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} = fs;

/** The names in a project that are no outputs. */
const INPUTS = new Set([".tidemark", "sources", "watched", OUTSIDE_LOG]);

/** Creates the folder of a project, with a table and a folder of the user's that hold something of the user's. */
export function createProjectFolder(base: string): void {
  const folders = ["sources", "watched", "own", `${USER_FOLDER}/mine`];
  for (const name of folders) mkdirSync(join(base, name), { recursive: true });
  writeFileSync(join(base, USER_FOLDER, "mine", "note.txt"), "of the user");
  using database = new DatabaseSync(join(base, DATABASE));
  database.exec(`CREATE TABLE "${USER_TABLE}" ("id" TEXT NOT NULL, "body" TEXT NOT NULL, PRIMARY KEY ("id")) STRICT`);
  database.exec(`INSERT INTO "${USER_TABLE}" VALUES ('of the user', 'mine')`);
}

/** Brings the sources of a project up to date; a file whose content is right is not touched. */
export function writeSources(base: string, { sources, watched }: FaultProject): void {
  writeTree(join(base, "sources"), sources);
  writeTree(join(base, "watched"), watched);
}

/** Makes a folder hold these files and no others. */
export function writeTree(folder: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(folder, { recursive: true });
  const present = listFiles(folder);
  for (const path of present.keys()) if (!(path in files)) removeFile(folder, path);
  for (const [path, text] of Object.entries(files)) {
    if (present.get(path) === Buffer.from(text).toString("latin1")) continue;
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** The outputs of a project: each file, folder, table and row with its content. */
export function readOutputs(base: string): Map<string, string> {
  const outputs = new Map<string, string>();
  for (const [path, content] of listFiles(base, (name) => !INPUTS.has(name), true)) {
    if (!path.startsWith(DATABASE)) outputs.set(`file ${path}`, content);
  }
  for (const [row, content] of readDatabase(join(base, DATABASE))) outputs.set(row, content);
  return outputs;
}

/** The facts about the outputs of a project that any write to them changes. */
export function readMarks(base: string): Map<string, string> {
  const marks = new Map<string, string>();
  for (const path of listFiles(base, (name) => !INPUTS.has(name)).keys()) {
    // SQLite removes the files beside its database when another connection closes it.
    if (path.startsWith(DATABASE)) continue;
    const { ino, mtimeNs } = lstatSync(join(base, path), { bigint: true });
    marks.set(path, `${ino} ${mtimeNs}`);
  }
  const log = join(base, OUTSIDE_LOG);
  marks.set(OUTSIDE_LOG, existsSync(log) ? readFileSync(log, "utf8") : "");
  return marks;
}

/** Gives a folder with all it holds to a user, and lets the owner read and write all of it. */
export function giveTo(owner: number | undefined, path: string): void {
  const isFolder = lstatSync(path).isDirectory();
  if (owner !== undefined && process.getuid?.() === 0) lchownSync(path, owner, owner);
  chmodSync(path, isFolder ? 0o755 : 0o644);
  if (isFolder) for (const name of readdirSync(path)) giveTo(owner, join(path, name));
}

function removeFile(folder: string, path: string): void {
  rmSync(join(folder, path));
  for (let at = dirname(path); at !== "."; at = dirname(at)) {
    if (readdirSync(join(folder, at)).length > 0) return;
    rmdirSync(join(folder, at));
  }
}

/** Lists files with their content, and folders with "/" behind their paths if asked for. */
function listFiles(
  folder: string,
  accepts: (path: string) => boolean = () => true,
  withFolders = false,
  below = "",
): Map<string, string> {
  const found = new Map<string, string>();
  for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (!accepts(path)) continue;
    if (entry.isDirectory()) {
      if (withFolders) found.set(`${path}/`, "");
      for (const [inner, content] of listFiles(folder, accepts, withFolders, path)) found.set(inner, content);
    } else {
      found.set(path, readFileSync(join(folder, path), "latin1"));
    }
  }
  return found;
}

function* readDatabase(path: string): Iterable<readonly [string, string]> {
  using database = new DatabaseSync(path);
  const tables = database.prepare("SELECT name, sql FROM sqlite_master ORDER BY name").all();
  for (const { name, sql } of tables) {
    yield [`schema ${String(name)}`, String(sql)];
    if (sql === null) continue;
    for (const row of database.prepare(`SELECT * FROM "${String(name)}"`).all()) {
      yield [`row ${String(name)} ${String(row["id"])}`, JSON.stringify(row)];
    }
  }
}
