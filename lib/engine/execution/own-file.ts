import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Component } from "../run/component.ts";
import { fileLocation, isLocatedFile } from "../sources/file-location.ts";

/**
 * Whether a component has failed because the file that it was mounted for has vanished: the error, or one of its causes, says that there
 * is no such file, and there still is none. A promise only if the error does.
 */
export function hasLostOwnFile(component: Component, error: unknown): Promise<boolean> | false {
  const missing = missingPaths(error);
  if (missing.size === 0) return false;
  const location = ownFile(component);
  return location !== undefined && missing.has(location) && isGone(location);
}

/** The paths of which an error and its causes say that they do not exist. */
function missingPaths(error: unknown): ReadonlySet<string> {
  const seen = new Set<unknown>();
  const paths = new Set<string>();
  for (let cause = error; cause instanceof Error && !seen.has(cause); cause = cause.cause) {
    seen.add(cause);
    const { code, path } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" && typeof path === "string") paths.add(resolve(path));
  }
  return paths;
}

/**
 * The location of the file that a component was mounted for: its item, or else its only argument that is a file or a record with one.
 * The arguments that all items of a `mountEach` share are not its own. A live component is followed, and no item that can vanish.
 */
function ownFile({ args, info, mounting, parent }: Component): string | undefined {
  if (parent === undefined || info.live !== undefined) return undefined;
  const own = mounting.kind === "mountEach" ? args.slice(0, 1) : args;
  const locations = new Set(own.flatMap(locationsIn));
  const [location] = locations;
  return locations.size === 1 ? location : undefined;
}

function locationsIn(argument: unknown): string[] {
  const files = [argument, ...propertiesOf(argument)].filter(isLocatedFile);
  return files.map((file) => resolve(file[fileLocation]()));
}

/** The values in a record; none of any other object. */
function propertiesOf(value: unknown): readonly unknown[] {
  if (typeof value !== "object" || value === null) return [];
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? Object.values(value) : [];
}

async function isGone(location: string): Promise<boolean> {
  try {
    await stat(location);
    return false;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A file may have taken the place of a folder above.
    return code === "ENOENT" || code === "ENOTDIR";
  }
}
