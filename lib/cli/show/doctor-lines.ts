import type { Finding } from "../../engine/check/finding.ts";
import type { CheckCounts, StoreReport } from "../../engine/check/findings.ts";
import type { RepairStep } from "../../engine/check/repair-store.ts";
import { formatCountOf } from "../../text/count.ts";
import { toPlainText } from "../../text/plain-text.ts";

/** The names on the command line: APP as it was given, and the folder of the store. */
export interface DoctorPlace {
  readonly argument: string;
  readonly dbPath: string;
}

const ACTS: Readonly<Record<RepairStep["act"], string>> = {
  repaired: "Repaired",
  removed: "Removed",
  gone: "Already gone",
  "given up": "Given up",
  marked: "Marked to be written again",
  forgotten: "Forgot",
};

/** Renders a report for people: the counts, a line for each problem and note, and the verdict. */
export function* renderReport(report: StoreReport, place: DoctorPlace): Generator<string> {
  yield* renderCounts(report.counts, place);
  for (const problem of report.problems) yield renderFinding("problem", problem, place);
  yield* renderUnlisted(report.numProblems - report.problems.length, "problem");
  for (const note of report.notes) yield renderFinding("note", note, place);
  yield* renderUnlisted(report.numNotes - report.notes.length, "note");
  yield renderVerdict(report);
}

/** Renders one step of a repair. */
export function renderStep({ act, message, subject }: RepairStep): string {
  return toPlainText(`${ACTS[act]}: ${subject}${message === undefined ? "" : ` ${message}`}`);
}

/** The last line of a report. */
function renderVerdict({ isSound, numProblems }: StoreReport): string {
  return isSound ? "No problems found" : `${formatCountOf(numProblems, "problem")} found`;
}

/** The advice for a problem or a note. */
export function remedyFor({ kind, repair }: Finding, { argument, dbPath }: DoctorPlace): string {
  const doctor = `\`tidemark doctor ${argument}`;
  switch (kind) {
    case "missing-state":
    case "edited-state":
      return `to have it written again, run ${doctor} --targets --repair\`, then update the app`;
    case "failed-inspection":
      return "see the reason: these target states were not compared";
    case "given-up":
      return `remove it by hand if nothing needs it, then ${doctor} --repair\` forgets it`;
    case "pending-deletion":
      return "see why its deletion fails in the next update";
    case "later-version":
      return "use a newer Tidemark to check it";
    default:
      return repair === undefined
        ? `restore ${dbPath} from a backup, or delete it: the next update then processes everything again`
        : `run ${doctor} --repair\``;
  }
}

function* renderCounts(counts: CheckCounts, { argument, dbPath }: DoctorPlace): Generator<string> {
  const parts = [
    formatCountOf(counts.rows, "row"),
    formatCountOf(counts.components, "component"),
    formatCountOf(counts.states, "target state"),
    formatCountOf(counts.calls, "memoized call"),
    formatCountOf(counts.targets, "target"),
    formatCountOf(counts.updates, "update"),
  ];
  yield toPlainText(`Checked ${argument} in ${dbPath}: ${parts.join(", ")}`);
  const { checkedTargets, uncertainStates, uncheckedTargets } = counts;
  if (checkedTargets + uncheckedTargets > 0) {
    const unchecked = uncheckedTargets === 0 ? "" : `, ${formatCountOf(uncheckedTargets, "other")} cannot be compared`;
    yield `Compared ${formatCountOf(checkedTargets, "target state")} with what is outside${unchecked}`;
  }
  if (uncertainStates > 0) {
    yield `${formatCountOf(uncertainStates, "target state")} may be unfinished after an interruption: the next update makes sure of them`;
  }
}

function renderFinding(label: string, finding: Finding, place: DoctorPlace): string {
  return toPlainText(`${label}: ${finding.subject} ${finding.message}; ${remedyFor(finding, place)}`);
}

function* renderUnlisted(count: number, noun: string): Generator<string> {
  if (count > 0) yield `${noun}: ${formatCountOf(count, "more", "more")}`;
}
