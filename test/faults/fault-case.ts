import { cpSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createProjectFolder, giveTo, readMarks, readOutputs, writeSources } from "./case-folder.ts";
import { countFaults, describeFault, fitsStep, isAtOnce, type Fault } from "./fault.ts";
import type { FaultKind } from "./fault-kinds.ts";
import type { FaultLane } from "./fault-lane.ts";
import type { FaultProject } from "./fault-project.ts";
import { checkFaultyRun, checkIdleRun, checkOutputs, FaultCaseError } from "./judge.ts";
import { NOBODY } from "./machine.ts";
import type { ChildRun } from "./child-run.ts";
import { prepareRun } from "./prepare-run.ts";
import { createFaultPlan, type FaultPlan, type PlannedFault, type PlannedRun } from "./random-fault-plan.ts";
import { editProject } from "./random-fault-project.ts";
import type { RunEnd, RunOrder } from "./run-order.ts";

/** The folder of the store in a project. */
const STORE = ".tidemark";
/** The preparations after which a store may be refused. */
const DAMAGES: ReadonlySet<string> = new Set(["cut", "flip", "zero"]);

/** The counts of a case. */
export interface CaseCounts {
  /** The faults that have happened. */
  numFaults: number;
  numRuns: number;
  maxCloseMs: number;
}

/** One project that goes through runs with faults, each few followed by a run without, which must make up for all of them. */
export class FaultCase {
  readonly #kind: FaultKind;
  readonly #plan: FaultPlan;
  readonly #lane: FaultLane;
  #base = "";
  readonly #log: string[] = [];
  readonly counts: CaseCounts = { numFaults: 0, numRuns: 0, maxCloseMs: 0 };
  #project: FaultProject;
  /** How often a run comes to each step, as far as is known. */
  #steps: Readonly<Record<string, number>> = {};
  /** Whether the store was lost: outputs of before have no owner then. */
  #isStoreLost = false;
  #numScratch = 0;

  constructor(kind: FaultKind, seed: number, number: number, lane: FaultLane) {
    this.#kind = kind;
    this.#plan = createFaultPlan(kind, seed, number);
    this.#lane = lane;
    this.#project = this.#plan.project;
  }

  get #isByCommand(): boolean {
    return this.#kind.isByCommand === true;
  }

  /** Goes through the plan. Throws a {@link FaultCaseError} that lists the runs up to the first wrong one. */
  async run(): Promise<void> {
    this.#base = await this.#lane.open(this.#kind, this.#plan.onDisk);
    try {
      createProjectFolder(this.#base);
      await this.#runFromScratch();
      for (const runs of this.#plan.rounds) {
        for (const run of runs) await this.#runWithFaults(run);
        await this.#runClean();
        if (this.#isStoreLost) return;
      }
    } catch (error) {
      if (!(error instanceof FaultCaseError)) throw error;
      throw new FaultCaseError([error.message, "The runs so far:", ...this.#log].join("\n  "));
    }
  }

  async #runWithFaults(plan: PlannedRun): Promise<void> {
    for (const edit of plan.edits) this.#project = editProject(this.#project, edit);
    this.#writeSources();
    const faults = plan.faults.flatMap((fault) => this.#placeFault(fault));
    const { isPrepared, run } = await this.#makeRun(plan, faults);
    const happened = run.happened.map((index) => faults[index]!);
    const acts = happened.map(({ act }) => act);
    this.#lane.restore(acts);
    // States that a hanging call of a target may still write are written again by each run of the same process.
    if (happened.some(({ act, at }) => act.do === "hang" && /appl/.test(at))) await this.#lane.endProcess();
    this.#giveBack();
    this.#note(run);
    this.counts.numFaults += countFaults(acts, hasFailed(run)) + Number(isPrepared);
    const { endsOnTerm, preparation } = plan;
    const isDamaged = preparation !== undefined && DAMAGES.has(preparation.do);
    const verdict = checkFaultyRun({ run, faults: happened, endsOnTerm, isDamaged, isByCommand: this.#isByCommand });
    if (verdict === "lost" || acts.some((act) => act.do === "remove" && act.path === STORE)) this.#loseStore();
  }

  async #makeRun(plan: PlannedRun, faults: readonly Fault[]): Promise<{ run: ChildRun; isPrepared: boolean }> {
    const { endsOnTerm, isFull, preparation } = plan;
    const project = this.#project;
    const liveStates = this.#liveStates(plan);
    this.#log.push(describeRun(plan, faults));
    if (liveStates !== undefined) this.#project = liveStates.at(-1)!;
    using prepared = prepareRun(this.#base, preparation, this.#lane);
    const run = await this.#order({ project, faults, isFull, liveStates, endsOnTerm }, this.#isByCommand);
    return { run, isPrepared: prepared.isDone };
  }

  #loseStore(): void {
    this.#isStoreLost = true;
    rmSync(join(this.#base, STORE), { recursive: true, force: true });
  }

  /** A run without faults, which makes up for all faults before; then another one, which has nothing to do. */
  async #runClean(): Promise<void> {
    this.#writeSources();
    this.#log.push("run without faults");
    const run = await this.#order({ project: this.#project, faults: [], isChecked: true });
    this.#note(run);
    checkIdleRun(run, "the run without faults");
    const outputs = readOutputs(this.#base);
    checkOutputs(outputs, await this.#runFromScratch(), this.#isStoreLost);
    this.#log.push("one more run");
    const marks = readMarks(this.#base);
    const again = await this.#order({ project: this.#project, faults: [] });
    checkIdleRun(again, "the run after that", marks, readMarks(this.#base));
  }

  /** The outputs of the project in an empty folder with an empty store. */
  async #runFromScratch(): Promise<Map<string, string>> {
    const base = join(this.#lane.scratch, String(this.#numScratch++));
    mkdirSync(base, { recursive: true });
    createProjectFolder(base);
    writeSources(base, this.#project);
    if (this.#kind.isWithoutRights === true) giveTo(NOBODY, base);
    const run = await this.#order({ project: this.#project, faults: [], base });
    checkIdleRun(run, "the run from scratch");
    this.#steps = run.end!.steps;
    const outputs = readOutputs(base);
    rmSync(base, { recursive: true });
    return outputs;
  }

  async #order(
    order: Omit<RunOrder, "number" | "base"> & { readonly base?: string },
    isByCommand = false,
  ): Promise<ChildRun> {
    this.counts.numRuns++;
    const { isWithoutRights = false } = this.#kind;
    const { disk } = this.#lane;
    return this.#lane.run({ base: this.#base, isWithoutRights, disk, ...order }, isByCommand);
  }

  #liveStates({ liveEdits }: PlannedRun): FaultProject[] | undefined {
    let state = this.#project;
    return liveEdits?.map((edit) => (state = editProject(state, edit)));
  }

  #writeSources(): void {
    writeSources(this.#base, this.#project);
    this.#giveBack();
  }

  #giveBack(): void {
    giveTo(this.#kind.isWithoutRights === true ? NOBODY : undefined, this.#base);
  }

  /** Chooses the step and the time of a fault. Runs after the first come to most steps less often. */
  #placeFault({ act, step, time, turns }: PlannedFault): Fault[] {
    const steps = Object.keys(this.#steps)
      .filter((name) => fitsStep(act, name))
      .toSorted();
    const at = steps[Math.floor(step * steps.length)];
    return at === undefined
      ? []
      : [{ at, nth: 1 + Math.floor(time ** 2 * this.#steps[at]!), turns: isAtOnce(act) ? 0 : turns, act }];
  }

  #note({ end, exit, happened, isHung }: ChildRun): void {
    if (end !== undefined) this.counts.maxCloseMs = Math.max(this.counts.maxCloseMs, end.closeMs);
    this.#log.push(`  ${describeEnd(end, exit, isHung)}; faults that happened: ${happened.join(", ") || "none"}`);
  }

  /** Keeps the folder of a failed case for a closer look. */
  keep(folder: string): void {
    if (existsSync(this.#base)) cpSync(this.#base, folder, { recursive: true });
  }
}

function describeRun({ isFull, liveEdits, preparation }: PlannedRun, faults: readonly Fault[]): string {
  const kind = `${liveEdits === undefined ? "" : "live "}${isFull ? "full " : ""}run`;
  return `${kind} with ${faults.map(describeFault).join(", ") || JSON.stringify(preparation)}`;
}

function hasFailed({ end }: ChildRun): boolean {
  return end === undefined || end.error !== undefined || end.failures.length > 0;
}

function describeEnd(end: RunEnd | undefined, exit: ChildRun["exit"], isHung: boolean): string {
  if (isHung) return "hung";
  if (end === undefined) return `ended the process: ${JSON.stringify(exit)}`;
  const failures = end.failures.map(({ message }) => message.slice(0, 100));
  return end.error === undefined
    ? `done, failures: ${JSON.stringify(failures)}`
    : `failed: ${end.error.message.slice(0, 200)}`;
}
