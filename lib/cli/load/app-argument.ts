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
/** Without such an extension: the first colon that is not the one of a Windows drive. */
const ANY_FILE_AND_NAME = /^([A-Za-z]:[\\/][^:]*|(?![A-Za-z]:[\\/])[^:]+):(.*)$/s;

/** Takes APP apart. */
export function parseAppArgument(text: string): AppArgument {
  if (text === "") throw new UsageError("APP must be path/to/file.ts[:appName], got an empty text");
  const match = MODULE_AND_NAME.exec(text) ?? ANY_FILE_AND_NAME.exec(text);
  if (match === null) return { file: text, appName: undefined };
  const [, file = text, appName] = match;
  if (appName === "") throw new UsageError(`APP must name an app after the colon, got "${text}"`);
  return { file, appName };
}
