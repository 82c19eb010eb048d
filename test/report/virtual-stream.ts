import { Writable } from "node:stream";
import type { StandardStreams } from "../../lib/report/terminal/screen.ts";
import { VirtualTerminal } from "./virtual-terminal.ts";

/** The output streams of a program on a terminal in memory. */
export interface VirtualStreams {
  readonly streams: StandardStreams;
  readonly terminal: VirtualTerminal;
}

/** Opens a terminal in memory with streams that print on it, as a substitute for `process`. */
export function openVirtualStreams(columns = 60, rows = 20): VirtualStreams {
  const terminal = new VirtualTerminal(columns, rows);
  const open = (fd: number): StandardStreams["stdout"] => {
    const stream = new Writable({
      decodeStrings: false,
      write(chunk: string, _encoding, done) {
        terminal.write(chunk);
        done();
      },
    });
    return Object.assign(stream, { fd, columns, rows, isTTY: true }) as unknown as StandardStreams["stdout"];
  };
  // No file of this process has such a number.
  return { streams: { stdout: open(-1), stderr: open(-2) }, terminal };
}
