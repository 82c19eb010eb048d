import fc from "fast-check";
import type { FaultKind, Preparation } from "./fault-kinds.ts";
import type { FaultProject } from "./fault-project.ts";
import type { FaultAct } from "./fault.ts";
import { anyEdit, anyFaultProject, anyLiveEdit, type Edit } from "./random-fault-project.ts";

/** A fault whose step is chosen among the steps of a run. */
export interface PlannedFault {
  readonly act: FaultAct;
  /** Which of the steps, from 0 to 1. */
  readonly step: number;
  /** Which of the times at which the run comes to it, from 0 to 1. */
  readonly time: number;
  readonly turns: number;
}

/** A run with faults, after some edits. */
export interface PlannedRun {
  readonly edits: readonly Edit[];
  readonly isFull: boolean;
  /** The edits during a live run; `undefined` for a run that is not live. */
  readonly liveEdits: readonly Edit[] | undefined;
  readonly faults: readonly PlannedFault[];
  readonly preparation: Preparation | undefined;
  readonly endsOnTerm: boolean;
}

/** A project, and its runs with faults up to each run without. */
export interface FaultPlan {
  readonly project: FaultProject;
  readonly rounds: readonly (readonly PlannedRun[])[];
  /** The part of the project on the disk that can be filled. */
  readonly onDisk: "everything" | "store" | "targets";
}

const rarely = (times: number): fc.Arbitrary<boolean> => fc.nat({ max: times }).map((value) => value === times);
/** Without the bias of an arbitrary number towards its ends. */
const share = fc.noBias(fc.nat({ max: 999_999 })).map((value) => value / 1_000_000);

function anyRun({ act, prepare }: FaultKind): fc.Arbitrary<PlannedRun> {
  const fault = act && fc.record({ act, step: share, time: share, turns: fc.constantFrom(0, 0, 1, 2, 5, 20) });
  return fc.record({
    edits: fc.array(anyEdit, { minLength: 1, maxLength: 5, size: "max" }),
    isFull: rarely(5),
    liveEdits: fc.oneof(
      { arbitrary: fc.constant(undefined), weight: 5 },
      { arbitrary: fc.array(anyLiveEdit, { minLength: 1, maxLength: 3, size: "max" }), weight: 3 },
    ),
    faults: fault === undefined ? fc.constant([]) : fc.array(fault, { minLength: 1, maxLength: 3, size: "max" }),
    preparation: prepare ?? fc.constant(undefined),
    endsOnTerm: fc.boolean(),
  });
}

/** Any plan with faults of a kind. */
function anyFaultPlan(kind: FaultKind): fc.Arbitrary<FaultPlan> {
  return fc.record({
    project: anyFaultProject,
    rounds: fc.array(fc.array(anyRun(kind), { minLength: 1, maxLength: 4, size: "max" }), {
      minLength: 1,
      maxLength: 3,
      size: "max",
    }),
    onDisk: fc.constantFrom("everything", "store", "targets"),
  });
}

/** The plan of a case. */
export function createFaultPlan(kind: FaultKind, seed: number, number: number): FaultPlan {
  // Spread, so that neighbouring seeds have no case in common.
  const own = Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b);
  return fc.sample(anyFaultPlan(kind), { seed: own, numRuns: 1 })[0]!;
}
