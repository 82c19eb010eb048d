import { describeFault, type Fault, type FaultAct } from "./fault.ts";
import type { ChildRun, ProcessExit } from "./child-run.ts";
import type { ErrorFacts } from "./run-order.ts";

/** A case that has come to a wrong end. */
export class FaultCaseError extends Error {
  override readonly name = "FaultCaseError";
}

/** A run with faults, as it went. */
export interface FaultyRunFacts {
  readonly run: ChildRun;
  /** The faults that have happened. */
  readonly faults: readonly Fault[];
  readonly endsOnTerm: boolean;
  /** Whether the store was damaged before. */
  readonly isDamaged: boolean;
  /** Whether the command line has made it. */
  readonly isByCommand: boolean;
}

/** Components that run in every run: the root, and the mounts of containers. */
const EVERY_RUN = new Set(["main", "mountTarget"]);

/** Errors of these kinds come from a mistake in the code, or from values that a fault has thrown. */
const INTERNAL = new Set(["TypeError", "RangeError", "ReferenceError", "SyntaxError", "AssertionError"]);

/** Steps inside component functions; an error there fails the component. */
const COMPONENT_STEP = /^(main|page|section|topic|listing|group|call|map)\b/;

/** The exit codes of the command line after a signal. */
const COMMAND_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Errors that a damaged store may be answered with. */
const DAMAGE_CODES = new Set(["STORE_CORRUPT", "STORE_TOO_NEW"]);

/** Checks that a run with faults has ended in one of the ways in which it may. Returns whether its store is lost. */
export function checkFaultyRun(facts: FaultyRunFacts): "lost" | "kept" {
  const { faults, isDamaged, run } = facts;
  const has = (name: FaultAct["do"]): boolean => faults.some(({ act }) => act.do === name);
  checkHost(run);
  const { end, exit } = run;
  if (exit !== undefined) {
    if (mayEnd(exit, facts)) return "kept";
    throw new FaultCaseError(`the host was ended: ${JSON.stringify(exit)} ${run.errors}`);
  }
  const { byComponent, error, failures, isAborted } = end!;
  for (const each of [...failures, ...(error === undefined ? [] : [error])]) checkError(each);
  for (const [name, { numInProgress, numQueued }] of Object.entries(byComponent)) {
    if (numInProgress + numQueued > 0) throw new FaultCaseError(`${name} is left in progress`);
  }
  if (isAborted && !has("abort") && !has("hang")) throw new FaultCaseError("the run was aborted by nobody");
  const swallowed = error === undefined && failures.length === 0 ? faults.find(mustFail) : undefined;
  if (swallowed !== undefined) throw new FaultCaseError(`nobody was told of ${describeFault(swallowed)}`);
  if (!isDamaged || error === undefined) return "kept";
  if (!DAMAGE_CODES.has(error.code ?? "")) throw new FaultCaseError(`a damaged store gave ${describeError(error)}`);
  return "lost";
}

/** Checks that a run without faults has ended well; with marks of the outputs before and after it, that it had nothing to do. */
export function checkIdleRun(
  run: ChildRun,
  what: string,
  before?: ReadonlyMap<string, string>,
  after?: ReadonlyMap<string, string>,
): void {
  checkHost(run);
  if (run.exit !== undefined) {
    throw new FaultCaseError(`${what} has ended its host: ${JSON.stringify(run.exit)} ${run.errors}`);
  }
  const { byComponent, error, failures, problems, steps } = run.end!;
  if (problems.length > 0) throw new FaultCaseError(`the store of ${what} has problems: ${problems.join("; ")}`);
  if (error !== undefined) throw new FaultCaseError(`${what} failed: ${describeError(error)}`);
  if (failures.length > 0) throw new FaultCaseError(`${what} had failures: ${failures.map(describeError).join("; ")}`);
  if (before === undefined || after === undefined) return;
  for (const [name, stats] of Object.entries(byComponent)) {
    const { numAdds, numDeletes, numErrors, numReprocesses } = stats;
    const numDone = numAdds + numDeletes + numErrors + numReprocesses;
    if (numDone > 0 && !EVERY_RUN.has(name)) throw new FaultCaseError(`${what} ran ${name}: ${JSON.stringify(stats)}`);
  }
  // The file of a database changes when its log is merged into it.
  const numRows = steps["sqlite.run"] ?? 0;
  if (numRows > 0) throw new FaultCaseError(`${what} wrote ${numRows} rows`);
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter((key) => before.get(key) !== after.get(key));
  if (changed.length > 0) {
    throw new FaultCaseError(
      `${what} wrote ${changed.map((key) => `${key}: ${before.get(key)} -> ${after.get(key)}`).join("; ")}`,
    );
  }
}

/** Checks that the outputs equal the outputs of a run from scratch; after the loss of the store there may be more. */
export function checkOutputs(
  outputs: ReadonlyMap<string, string>,
  wanted: ReadonlyMap<string, string>,
  mayBeMore: boolean,
): void {
  const wrong: string[] = [];
  for (const key of new Set([...outputs.keys(), ...wanted.keys()])) {
    const [found, expected] = [outputs.get(key), wanted.get(key)];
    if (found === expected || (mayBeMore && expected === undefined)) continue;
    wrong.push(`${key}: ${shorten(found)} instead of ${shorten(expected)}`);
  }
  if (wrong.length > 0) throw new FaultCaseError(`not converged: ${wrong.join("; ")}`);
}

/** Whether a fault fails a component; a batch of actions is tried again, and so is a feed that is followed. */
function mustFail({ act, at }: Fault): boolean {
  return (act.do === "throw" || act.do === "reject") && COMPONENT_STEP.test(at);
}

/** Whether a fault explains the end of the process. */
function mayEnd({ code, signal }: ProcessExit, { endsOnTerm, faults, isByCommand }: FaultyRunFacts): boolean {
  if (signal === "SIGKILL") return faults.some(({ act }) => act.do === "kill");
  const signals = faults.flatMap(({ act }) => (act.do === "term" ? [act.signal] : []));
  // A signal that comes before the command line listens ends it at once.
  if (isByCommand && signals.length === 0) return code === 0;
  if (isByCommand) return signals.some((each) => signal === each || code === COMMAND_CODES[each]);
  return signals.length > 0 && endsOnTerm && code === 0;
}

function checkHost({ end, errors, isHung, unhandled }: ChildRun): void {
  if (isHung) throw new FaultCaseError(`hung ${errors}`);
  if (unhandled.length > 0) throw new FaultCaseError(`unhandled: ${unhandled.join("; ")}`);
  const closeError = end?.closeError;
  if (closeError !== undefined) {
    throw new FaultCaseError(`close() rejected: ${describeError(closeError)} ${closeError.stack}`);
  }
}

function checkError(error: ErrorFacts): void {
  if (!INTERNAL.has(error.name) || /planned|revoked/.test(error.message)) return;
  throw new FaultCaseError(`an error of the code itself: ${describeError(error)} ${error.stack}`);
}

function describeError({ code, message, name }: ErrorFacts): string {
  return `${name}${code === undefined ? "" : ` ${code}`}: ${message}`;
}

function shorten(text: string | undefined): string {
  if (text === undefined) return "nothing";
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}… (${text.length})` : text);
}
