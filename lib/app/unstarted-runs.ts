/** The runs whose progress should be printed, and that nothing has started yet; in words, such as `update of app "docs"`. */
const waiting = new Set<{ readonly run: string }>();

let isListening = false;

/**
 * Notes that a run should be printed once it starts, for a warning if the process ends first: a handle is lazy, and a program that
 * only calls `update({ reportToStdout: true })` does nothing. The returned function is to be called at the start.
 */
export function expectStart(run: string): () => void {
  const entry = { run };
  waiting.add(entry);
  if (!isListening) {
    isListening = true;
    process.once("beforeExit", warn);
  }
  return () => void waiting.delete(entry);
}

function warn(): void {
  const [first] = waiting;
  if (first === undefined) {
    // A later listener may call `update` again.
    isListening = false;
    return;
  }
  const others = waiting.size === 1 ? "" : `, nor ${waiting.size - 1} more`;
  process.emitWarning(
    `The ${first.run} was not started${others}: its handle starts the run when it is awaited or watched`,
    {
      type: "TidemarkWarning",
      code: "TIDEMARK_NOT_STARTED",
      detail: "Write `await app.update({ reportToStdout: true })`",
    },
  );
}
