import { expect } from "chai";
import { mkdirSync, renameSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { walkDir, type File, type WalkDirOptions } from "../../../lib/connectors/localfs/index.ts";
import { isChangeTimeSettled, versionOf } from "../../../lib/connectors/localfs/walk/file-version.ts";
import { TidemarkError } from "../../../lib/errors.ts";
import { until } from "../../until.ts";

/** Writes files below `root`: paths with their contents. */
export function plant(root: string, files: Readonly<Record<string, string>>): void {
  const folders = new Set(Object.keys(files).map((path) => dirname(join(root, path))));
  for (const folder of folders) mkdirSync(folder, { recursive: true });
  for (const [path, content] of Object.entries(files)) writeFileSync(join(root, path), content);
}

/** Puts another file in the place of the one at `path`, as `rsync -t` does, with the modification time of the former one. */
export function replaceFile(path: string, content: string): void {
  const { atime, mtime } = statSync(path);
  writeFileSync(`${path}.new`, content);
  utimesSync(`${path}.new`, atime, mtime);
  renameSync(`${path}.new`, path);
}

/** Resolves once no later change of the file can have its change time. */
export async function untilSettled(path: string): Promise<void> {
  const version = versionOf(statSync(path, { bigint: true }));
  const explain = (): unknown => ({ path, version });
  await until(() => isChangeTimeSettled(version, Date.now()), { explain });
}

/** All that comes, in an array. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** The paths of a walk. */
export async function pathsOf(dir: string, options?: WalkDirOptions): Promise<string[]> {
  return (await collect(walkDir(dir, options).items())).map(([path]) => path);
}

/** One file, as a new walk finds it. */
export async function findFile(dir: string, path: string): Promise<File> {
  for await (const [found, file] of walkDir(dir, { dot: true }).items()) if (found === path) return file;
  throw new Error(`There is no ${path} in ${dir}`);
}

/**
 * Makes a folder `deep` below which one cannot be listed, not even by root: its path is longer than the system takes.
 * Disposing it makes it short again.
 */
export async function plantUnlistable(root: string): Promise<AsyncDisposable> {
  const names = Array.from({ length: 11 }, () => "x".repeat(200)).join("/");
  const outer = join(root, "deep", names);
  const inner = join(root, "inner");
  await mkdir(outer, { recursive: true });
  await mkdir(join(inner, names), { recursive: true });
  await rename(inner, join(outer, "inner"));
  return { [Symbol.asyncDispose]: () => rename(join(outer, "inner"), inner) };
}

/** The TidemarkError that `work` must fail with. */
export async function failureOf(work: Promise<unknown>): Promise<TidemarkError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(TidemarkError);
  return error as TidemarkError;
}
