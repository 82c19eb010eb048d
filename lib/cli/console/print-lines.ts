import { pipeline } from "node:stream/promises";

/** Prints lines on standard output as fast as they are taken; ends early, and well, when the reader has gone. */
export async function printLines(lines: Iterable<string> | AsyncIterable<string>): Promise<void> {
  try {
    await pipeline(endLines(lines), process.stdout, { end: false });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EPIPE" && code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
  }
}

async function* endLines(lines: Iterable<string> | AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`;
}
