/** What the exit codes of the command mean. */
export const EXIT_CODES = { done: 0, failed: 1, wrongUsage: 2, doneWithFailures: 3 } as const;

/** Lets a reader go before the end (`| head`) without that being an error of this process. */
export function ignoreBrokenPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
}
