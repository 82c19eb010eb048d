import { resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { inspect, stripVTControlCharacters } from "node:util";

const FRAME = /^\s*at /;
/** Of Node, or of the engine. */
const FRAME_OF_NODE = /\(?node:|\(<anonymous>\)(?: \{)?$/;
/** Of a copy of this package other than the one that runs the command, or of the command line's parser. */
const FRAME_OF_PACKAGE = /[\\/]node_modules[\\/](?:tidemark|commander)[\\/]/;

/** An error as Node prints it, without the frames of Node and of this package. */
export function formatUserStack(error: unknown): string {
  return dropForeignFrames(stripVTControlCharacters(inspect(error)).split("\n")).join("\n");
}

/** The lines of a stack without the frames of Node and of this package. */
export function dropForeignFrames(lines: readonly string[]): string[] {
  const ownFolder = resolve(import.meta.dirname, "../..") + sep;
  const ownUrl = pathToFileURL(ownFolder).href;
  const isForeign = (line: string): boolean =>
    FRAME_OF_NODE.test(line) || FRAME_OF_PACKAGE.test(line) || line.includes(ownFolder) || line.includes(ownUrl);
  const kept: string[] = [];
  for (const line of lines) {
    if (!FRAME.test(line) || !isForeign(line)) kept.push(line);
    // The properties of the error follow in braces.
    else if (OPEN_BRACE.test(line)) kept.push(`${kept.pop() ?? ""} {`);
  }
  return kept;
}

/** The end of a last frame after which the properties of the error follow. */
const OPEN_BRACE = / \{$/;
