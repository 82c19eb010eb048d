import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { databaseAt } from "../../lib/connectors/sqlite/database.ts";
import { server } from "./project-app.ts";

/** The folders in a project that hold no outputs. */
const KEPT = new Set([".tidemark", "sources"]);

/** The real folders of one case. */
export class ProjectFolders {
  readonly #path: string;
  /** The time of the newest source, in seconds: no two sources have the same. */
  #time = 1_700_000_000;

  constructor(path: string) {
    this.#path = path;
    mkdirSync(this.far);
    server.outside.clear();
    server.batches.length = 0;
    server.changes.length = 0;
  }

  /** The folder of target states outside of all projects. */
  get far(): string {
    return this.at("far");
  }

  at(...names: readonly string[]): string {
    return join(this.#path, ...names);
  }

  create(dir: string): void {
    mkdirSync(this.at(dir, "sources"), { recursive: true });
    symlinkSync("out", this.at(dir, "alias"));
  }

  /** Writes a file that Tidemark does not know. */
  writeForeign(dir: string, path: string, content: string): void {
    mkdirSync(dirname(this.at(dir, path)), { recursive: true });
    writeFileSync(this.at(dir, path), content);
  }

  writeSource(dir: string, stem: string, body: string): void {
    const path = this.at(dir, "sources", `${stem}.txt`);
    writeFileSync(path, body);
    utimesSync(path, this.#time, this.#time);
    this.#time++;
  }

  removeSource(dir: string, stem: string): void {
    rmSync(this.at(dir, "sources", `${stem}.txt`));
  }

  /** Copies a project as `cp -a` does, or as `cp -aL`. */
  copy(from: string, to: string, isDereferencing: boolean): void {
    this.#closeDatabases(from);
    copyTree(this.at(from), this.at(to), isDereferencing ? statSync : lstatSync);
  }

  move(from: string, to: string): void {
    this.#closeDatabases(from);
    renameSync(this.at(from), this.at(to));
  }

  link(dir: string, from: string): void {
    symlinkSync(this.at(dir), this.at(from));
  }

  remove(path: string): void {
    if (!lstatSync(this.at(path)).isSymbolicLink()) this.#closeDatabases(path);
    rmSync(this.at(path), { recursive: true });
  }

  /** The target states that exist in a project. */
  inside(dir: string): Map<string, string> {
    const files = listFiles(this.at(dir));
    return new Map([
      ...files.map(([path, body]) => [`in file ${path}`, body] as const),
      ...listRows(this.at(dir, "data.db")).map(([row, body]) => [`in row ${row}`, body] as const),
    ]);
  }

  /** The target states that exist outside of all projects. */
  outside(): Map<string, string> {
    const files = listFiles(this.far);
    return new Map([
      ...files.map(([path, body]) => [`far file ${path}`, body] as const),
      ...listRows(join(this.far, "far.db")).map(([row, body]) => [`far row ${row}`, body] as const),
      ...[...server.outside].map(([key, body]) => [`far key ${key as string}`, body] as const),
    ]);
  }

  closeAll(dirs: readonly string[]): void {
    for (const dir of [...dirs, "far"]) this.#closeDatabases(dir);
  }

  /** As the end of a process does. */
  #closeDatabases(dir: string): void {
    for (const name of ["data.db", "far.db"]) {
      const database = databaseAt(this.at(dir, name));
      if (database !== undefined && Symbol.dispose in database) (database as unknown as Disposable)[Symbol.dispose]();
    }
  }
}

/** Copies a folder; `statOf` tells whether links are followed. Node's own function does not follow those in the folder. */
function copyTree(from: string, to: string, statOf: typeof lstatSync): void {
  // A link that leads nowhere cannot be followed.
  const stats = statOf(from, { throwIfNoEntry: false });
  if (stats === undefined) return;
  if (stats.isSymbolicLink()) return symlinkSync(readlinkSync(from), to);
  if (stats.isDirectory()) {
    mkdirSync(to);
    for (const name of readdirSync(from)) copyTree(join(from, name), join(to, name), statOf);
    return;
  }
  copyFileSync(from, to);
  utimesSync(to, stats.atime, stats.mtime);
}

/** The files below a folder, without those behind links. */
function listFiles(folder: string, below = ""): (readonly [path: string, content: string])[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) return KEPT.has(path) ? [] : listFiles(folder, path);
    const isOutput = entry.isFile() && !/\.db(-\w+)?$/.test(path);
    return isOutput ? [[path, readFileSync(join(folder, path), "utf8")] as const] : [];
  });
}

function listRows(path: string): (readonly [row: string, body: string])[] {
  if (!existsSync(path)) return [];
  using database = new DatabaseSync(path, { readOnly: true });
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
  return tables.flatMap(({ name }) =>
    database
      .prepare(`SELECT id, body FROM "${String(name)}"`)
      .all()
      .map(({ id, body }) => [`${String(name)} ${String(id)}`, String(body)] as const),
  );
}
