/** What the exit codes of the command mean. */
export const EXIT_CODES = { done: 0, failed: 1, wrongUsage: 2, doneWithFailures: 3 } as const;

/** Ends the process once all that was printed has been taken; what the user's program left open does not keep it alive. */
export async function exitProcess(code: number): Promise<never> {
  await Promise.all([flush(process.stdout), flush(process.stderr)]);
  process.exit(code);
}

/** Lets a reader go before the end (`| head`) without that being an error of this process. */
export function ignoreBrokenPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
}

function flush(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    // The callback comes with an error when the reader has gone: there is nothing to wait for then either.
    stream.write("", () => resolve());
  });
}
