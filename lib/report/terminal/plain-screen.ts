import { printTo } from "./print-to.ts";
import type { Screen } from "./screen.ts";

/** Creates the screen of a stream on which lines stay as they were printed: a pipe, a file or a log. */
export function createPlainScreen(stream: NodeJS.WriteStream): Screen {
  return {
    write: (text) => printTo(stream, text),
    size: () => ({ columns: Infinity, rows: Infinity }),
    get needsDrain() {
      return stream.writableNeedDrain;
    },
  };
}
