import type { DoctorQuery } from "../../app/doctor.ts";
import type { Finding } from "../../engine/check/finding.ts";
import type { StoreReport } from "../../engine/check/findings.ts";
import type { RepairStep } from "../../engine/check/repair-store.ts";
import { confirm } from "../console/confirm.ts";
import { EXIT_CODES } from "../console/exit.ts";
import { listenForInterrupt } from "../console/interrupt.ts";
import { printLines } from "../console/print-lines.ts";
import { isStore } from "../load/app-state.ts";
import { openStoreAt, unknownApp, type FoundApp } from "../load/find-app.ts";
import { loadApp } from "../load/load-app.ts";
import { remedyFor, renderReport, renderStep, type DoctorPlace } from "../show/doctor-lines.ts";

/** Options of {@link runDoctor}. */
export interface DoctorCommandOptions {
  readonly targets?: boolean;
  readonly repair?: boolean;
  readonly json?: boolean;
  readonly force?: boolean;
  /** The folder of a store: APP is the name of an app then. */
  readonly db?: string;
}

const ACT = "check the records";

/** `tidemark doctor`: checks the records of an app, repairs them if asked to, and resolves with the exit code. */
export async function runDoctor(argument: string, options: DoctorCommandOptions): Promise<number> {
  const { environment, name } = await openApp(argument, options.db);
  await using _environment = environment;
  if (!(await hasRecords({ environment, name }, options))) return EXIT_CODES.done;
  using interrupt = listenForInterrupt();
  const { targets = false } = options;
  const isRootRecorded = options.db !== undefined;
  const query: DoctorQuery = { app: name, targets, isRootRecorded, signal: interrupt.signal };
  const place = { argument, dbPath: environment.dbPath };
  try {
    return await examine({ environment, name }, query, place, options);
  } catch (error) {
    if (interrupt.exitCode !== undefined) return interrupt.exitCode;
    throw error;
  }
}

async function examine(
  { environment, name }: FoundApp,
  query: DoctorQuery,
  place: DoctorPlace,
  { force = false, json = false, repair: isRepairing = false }: DoctorCommandOptions,
): Promise<number> {
  const { diagnose, repair } = await import("../../app/doctor.ts");
  const found = await diagnose(environment, query);
  const canRepair = isRepairing && needsRepair(found);
  if (!canRepair) return printReport(found, [], place, json);
  if (!json) await printLines(renderReport(found, place));
  if (!force && !(await confirm(`Repair the records of app "${name}", and forget target states that were given up?`))) {
    process.stderr.write("Nothing was repaired\n");
    return EXIT_CODES.failed;
  }
  const steps: RepairStep[] = [];
  const repaired = await repair(environment, query, (step) => void steps.push(step));
  return printReport(repaired, steps, place, json);
}

/** Whether a repair would change anything. */
function needsRepair({ notes, problems }: StoreReport): boolean {
  return problems.some(({ repair }) => repair !== undefined) || notes.some(({ kind }) => kind === "given-up");
}

async function printReport(
  report: StoreReport,
  steps: readonly RepairStep[],
  place: DoctorPlace,
  isJson: boolean,
): Promise<number> {
  const lines = isJson ? [toJson(report, steps, place)] : [...steps.map(renderStep), ...renderReport(report, place)];
  await printLines(lines);
  return report.isSound ? EXIT_CODES.done : EXIT_CODES.failed;
}

function toJson(report: StoreReport, steps: readonly RepairStep[], place: DoctorPlace): string {
  const { counts, isSound, notes, numNotes, numProblems, problems } = report;
  const describe = (finding: Finding): object => {
    const { app = null, kind, message, subject } = finding;
    return { kind, app, subject, message, remedy: remedyFor(finding, place) };
  };
  return JSON.stringify({
    isSound,
    numProblems,
    problems: problems.map(describe),
    numNotes,
    notes: notes.map(describe),
    counts,
    steps,
  });
}

/** Finds the app, without a look into its store. */
async function openApp(argument: string, db: string | undefined): Promise<FoundApp> {
  return db === undefined ? loadApp(argument) : { environment: await openStoreAt(db, ACT), name: argument };
}

/** Whether the store has records of the app. A store whose list of apps cannot be read has some. */
async function hasRecords(
  { environment, name }: FoundApp,
  { db, json = false }: DoctorCommandOptions,
): Promise<boolean> {
  const { isCorrupt } = await import("../../app/doctor.ts");
  const { dbPath } = environment;
  try {
    const names = (await isStore(dbPath)) ? await environment.apps() : [];
    if (names.includes(name)) return true;
    if (db !== undefined) throw unknownApp(db, name, names, ACT);
  } catch (error) {
    if (isCorrupt(error)) return true;
    throw error;
  }
  if (json) await printLines([JSON.stringify({ isSound: true, numProblems: 0, problems: [], numNotes: 0, notes: [] })]);
  else process.stderr.write(`App "${name}" has not run yet: it has no state in ${dbPath}\n`);
  return false;
}
