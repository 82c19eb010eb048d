import { resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { inspect, stripVTControlCharacters } from "node:util";

const FRAME = /^\s*at /;
const FRAME_OF_NODE = /\(?node:/;
/** A copy of this package other than the one that runs the command. */
const FRAME_OF_OTHER_COPY = /[\\/]node_modules[\\/]tidemark[\\/]/;

/** An error as Node prints it, without the frames of Node and of this package. */
export function formatUserStack(error: unknown): string {
  const ownFolder = resolve(import.meta.dirname, "../..") + sep;
  const ownUrl = pathToFileURL(ownFolder).href;
  const isForeign = (line: string): boolean =>
    FRAME_OF_NODE.test(line) || FRAME_OF_OTHER_COPY.test(line) || line.includes(ownFolder) || line.includes(ownUrl);
  return stripVTControlCharacters(inspect(error))
    .split("\n")
    .filter((line) => !FRAME.test(line) || !isForeign(line))
    .join("\n");
}
