/** The key of the method that tells where a file lies. Internal: it is for the files that connectors find. */
export const fileLocation: unique symbol = Symbol.for("tidemark.fileLocation");

/** Where a file lies; both paths are absolute. */
export interface FileLocation {
  readonly path: string;
  /** The folder that was walked to find the file. Without it, its source is gone, and nothing is known of the file. */
  readonly root: string;
}

/** A value that stands for one file. */
export interface LocatedFile {
  /** Returns where the file lies. */
  [fileLocation](): FileLocation;
}

/** Whether `value` stands for a file. */
export function isLocatedFile(value: unknown): value is LocatedFile {
  return typeof value === "object" && value !== null && fileLocation in value;
}
