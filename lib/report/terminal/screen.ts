import { Console } from "node:console";
import { isatty } from "node:tty";

/** Where a report is printed. */
export interface Screen {
  write(text: string): void;
  /** The width in columns; absent when lines may be of any length. */
  readonly columns?: number | undefined;
  readonly isTTY: boolean;
  /** Whether what was written before still waits to be taken. */
  readonly needsDrain?: boolean;
}

/** The standard output of this process; one whose reader has gone swallows what is written, as `console.log` does. */
export function createStdoutScreen(): Screen {
  const { stdout } = process;
  // A bare `stdout.write` would end the process with an unhandled EPIPE once the reader has gone.
  const console = new Console({ stdout, ignoreErrors: true });
  return {
    write: (text) => console.log(text.replace(/\n$/, "")),
    get columns() {
      // A terminal that has not been told its size says 0.
      return stdout.columns > 0 ? stdout.columns : undefined;
    },
    isTTY: isatty(stdout.fd),
    get needsDrain() {
      return stdout.writableNeedDrain;
    },
  };
}
