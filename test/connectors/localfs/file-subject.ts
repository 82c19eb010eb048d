import { existsSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { File } from "../../../lib/connectors/localfs/index.ts";
import { memoState, type MemoState } from "../../../lib/engine/memo/memoizable.ts";
import { createTempFolder } from "../../temp-folder.ts";
import { findFile, untilSettled } from "./test-tree.ts";

/** The modification time of a subject. */
export const LONG_AGO = new Date("2020-01-02T03:04:05.500Z");

/** A folder with one file in it, `a.md`, which is found anew by each `find`, once its change time is trusted. */
export async function createFileSubject(content: string | Uint8Array, time: Date = LONG_AGO) {
  const temp = await createTempFolder();
  const path = join(temp.path, "a.md");
  const write = (next: string | Uint8Array, at: Date = LONG_AGO): void => {
    writeFileSync(path, next);
    utimesSync(path, at, at);
  };
  write(content, time);
  const find = async (): Promise<File> => {
    if (existsSync(path)) await untilSettled(path);
    return findFile(temp.path, "a.md");
  };
  return { path, write, find, [Symbol.asyncDispose]: () => temp[Symbol.asyncDispose]() };
}

/** The state after a first execution that used the file as `use` does. */
export async function stateAfter(file: File, use: (file: File) => unknown): Promise<unknown> {
  await use(file);
  return (await file[memoState]!(undefined)).state;
}

/** Reads all of a file. */
export const read = (file: File): Promise<string> => file.text();
/** Reads nothing of a file. */
export const ignore = (): void => undefined;
/** Reads the first piece of a file. */
export const peek = async (file: File): Promise<void> => {
  for await (const _ of file.stream()) break;
};

/** Whether the answer came without waiting. */
export function isImmediate(answer: MemoState | Promise<MemoState>): answer is MemoState {
  return !(answer instanceof Promise);
}
