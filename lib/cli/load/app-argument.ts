import { existsSync } from "node:fs";
import { UsageError } from "../console/usage-error.ts";

/** APP on the command line: `path/to/file.ts[:appName]`. */
export interface AppArgument {
  /** The file as it was written. */
  readonly file: string;
  /** The part after the colon; `undefined` without one. */
  readonly appName: string | undefined;
}

/** A colon after the extension of a module ends the file; names may hold colons of their own. */
const MODULE_AND_NAME = /^(.+?\.[cm]?[jt]sx?):(.*)$/s;
/** A text with such an ending is a file as a whole, colons included. */
const MODULE = /\.[cm]?[jt]sx?$/;
/** Without such an extension: the first colon that is not the one of a Windows drive. */
const ANY_FILE_AND_NAME = /^([A-Za-z]:[\\/][^:]*|(?![A-Za-z]:[\\/])[^:]+):(.*)$/s;

/** Takes APP apart. A file that is there decides where the path ends, because a path may have colons too. */
export function parseAppArgument(text: string, isThere: (file: string) => boolean = existsSync): AppArgument {
  if (text === "") throw new UsageError("APP must be path/to/file.ts[:appName], got an empty text");
  const { appName, file } = splitAtFile(text, isThere) ?? splitAtColon(text);
  if (appName === "") throw new UsageError(`APP must name an app after the colon, got "${text}"`);
  return { file, appName };
}

/** Splits where the longest file ends that is there. */
function splitAtFile(text: string, isThere: (file: string) => boolean): AppArgument | undefined {
  if (isThere(text)) return { file: text, appName: undefined };
  for (let at = text.lastIndexOf(":"); at > 0; at = text.lastIndexOf(":", at - 1)) {
    const file = text.slice(0, at);
    if (isThere(file)) return { file, appName: text.slice(at + 1) };
  }
  return undefined;
}

function splitAtColon(text: string): AppArgument {
  const match = MODULE_AND_NAME.exec(text) ?? (MODULE.test(text) ? null : ANY_FILE_AND_NAME.exec(text));
  const [, file = text, appName] = match ?? [];
  return { file, appName };
}
