/** A run whose progress should be printed. */
interface PrintedRun {
  readonly kind: "update" | "drop";
  readonly appName: string;
}

/** The runs whose progress should be printed, and that nothing has started yet. */
const waiting = new Set<PrintedRun>();

let isListening = false;

/**
 * Notes that a run should be printed once it starts, for a warning if the process ends first: a handle is lazy, and a program that
 * only calls `update({ reportToStdout: true })` does nothing. The returned function is to be called at the start.
 */
export function expectStart(run: PrintedRun): () => void {
  const entry = { ...run };
  waiting.add(entry);
  if (!isListening) {
    isListening = true;
    process.once("beforeExit", warnBefore).once("exit", warnAt);
  }
  return () => void waiting.delete(entry);
}

/** Warns where nothing is left to do. */
function warnBefore(): void {
  process.off("exit", warnAt);
  const [first] = waiting;
  if (first === undefined) {
    // A later listener may call `update` again.
    isListening = false;
    return;
  }
  const { message, ...options } = describe(first);
  process.emitWarning(message, options);
}

/** Warns where the program calls `process.exit`. One that fails has told of another reason. */
function warnAt(code: number): void {
  const [first] = waiting;
  if (first === undefined || code !== 0) return;
  const { type, message, ...options } = describe(first);
  // A warning is emitted in a later tick, and none comes.
  process.emit("warning", Object.assign(new Error(message), { name: type, ...options }));
}

function describe({ appName, kind }: PrintedRun): {
  readonly message: string;
  readonly type: string;
  readonly code: string;
  readonly detail: string;
} {
  const others = waiting.size === 1 ? "" : `, nor ${waiting.size - 1} more`;
  return {
    message: `The ${kind} of app "${appName}" was not started${others}: its handle starts the run when it is awaited or watched`,
    type: "TidemarkWarning",
    code: "TIDEMARK_NOT_STARTED",
    detail: `Write \`await app.${kind}({ reportToStdout: true })\``,
  };
}
