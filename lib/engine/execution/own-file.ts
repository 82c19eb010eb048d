import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Component } from "../run/component.ts";
import { fileLocation, isLocatedFile, type FileLocation } from "../sources/file-location.ts";

/**
 * Whether a component has failed because the file that it was mounted for has vanished: the error, or one of its causes, says that there
 * is no such file, there still is none, and its source still stands. A promise only if the error does.
 */
export function hasLostOwnFile(component: Component, error: unknown): Promise<boolean> | false {
  const causes = causesOf(error);
  if (!causes.some(({ code }) => MISSING.has(code))) return false;
  const location = ownFile(component);
  return location !== undefined && saysMissing(causes, location.path) && isGone(location);
}

/** The facts about a failed call of the file system that an error has. */
interface ErrorFacts {
  readonly code: unknown;
  readonly path: unknown;
}

/** The codes of a missing file, of a folder above it that is none any more, and of a folder in its place. */
const MISSING: ReadonlySet<unknown> = new Set(["ENOENT", "ENOTDIR", "EISDIR"]);

/** Whether an error with these causes says that there is no file at `location`. */
function saysMissing(causes: readonly ErrorFacts[], location: string): boolean {
  return causes.some(({ code, path }) => {
    // Opening a folder succeeds: the error comes from reading it, and names no path.
    if (path === undefined) return code === "EISDIR";
    return MISSING.has(code) && typeof path === "string" && resolve(path) === location;
  });
}

/** The facts of an error and of its causes, as far as they can be read: the error may be any value, such as a revoked proxy. */
function causesOf(error: unknown): readonly ErrorFacts[] {
  const causes = new Set<Error>();
  const facts: ErrorFacts[] = [];
  try {
    for (let cause = error; cause instanceof Error && !causes.has(cause); cause = cause.cause) {
      causes.add(cause);
      const { code, path } = cause as NodeJS.ErrnoException;
      facts.push({ code, path });
    }
  } catch {
    // The component has failed with this error, which says no more.
  }
  return facts;
}

/**
 * The location of the file that a component was mounted for: its item, or else its only argument that is a file or a record with one.
 * The arguments that all items of a `mountEach` share are not its own. A live component is followed, and no item that can vanish.
 */
function ownFile({ args, info, mounting, parent }: Component): FileLocation | undefined {
  if (parent === undefined || info.live !== undefined) return undefined;
  const own = mounting.kind === "mountEach" ? args.slice(0, 1) : args;
  const [first, ...others] = own.flatMap(locationsIn);
  return others.every(({ path }) => path === first!.path) ? first : undefined;
}

function locationsIn(argument: unknown): FileLocation[] {
  try {
    const files = [argument, ...propertiesOf(argument)].filter(isLocatedFile);
    return files.map((file) => {
      const { path, root } = file[fileLocation]();
      return { path: resolve(path), root };
    });
  } catch {
    // An argument that cannot be read is no file.
    return [];
  }
}

/** The values in a record; none of any other object. */
function propertiesOf(value: unknown): readonly unknown[] {
  if (typeof value !== "object" || value === null) return [];
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? Object.values(value) : [];
}

/** Whether there is no file at a path any more, though the folder that was walked still stands. */
async function isGone({ path, root }: FileLocation): Promise<boolean> {
  const found = await statsAt(path);
  if (found === "unknown" || found?.isFile() === true) return false;
  // Looked at last: what removes a folder with all that is in it removes the folder last.
  const walked = await statsAt(root);
  return walked !== "unknown" && walked?.isDirectory() === true;
}

/** What the system knows of a path; `undefined` when there is nothing, `"unknown"` when the system does not tell. */
async function statsAt(path: string): Promise<Stats | "unknown" | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT" || code === "ENOTDIR" ? undefined : "unknown";
  }
}
