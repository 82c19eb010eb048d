/** The key of the method that tells where a file lies. Internal: it is for the files that connectors find. */
export const fileLocation: unique symbol = Symbol.for("tidemark.fileLocation");

/** A value that stands for one file. */
export interface LocatedFile {
  /** Returns the absolute path of the file. */
  [fileLocation](): string;
}

/** Whether `value` stands for a file. */
export function isLocatedFile(value: unknown): value is LocatedFile {
  return typeof value === "object" && value !== null && fileLocation in value;
}
