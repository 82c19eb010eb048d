import type { Counts } from "../counts.ts";
import { createRecord, emptyMemory, type Remembered } from "./program-memory.ts";
import {
  componentsOf,
  inRun,
  type Body,
  type ComponentPlan,
  type EachStep,
  type GroupStep,
  type Kind,
  type MountStep,
  type Program,
  type Step,
} from "./random-program.ts";

/** What a run is predicted to count. */
export interface Prediction {
  /** By the path of the step that opened the group; the run's own report under `""`. */
  readonly reports: ReadonlyMap<string, Readonly<Record<string, Counts>>>;
  /** Whether the main function fails. */
  readonly isFailing: boolean;
}

/** A failure on its way up. */
interface Failure {
  readonly isStubborn: boolean;
}

/** Where a step stands. */
interface Scope {
  readonly component: Active;
  readonly report: string;
  readonly isSwallowing: boolean;
}

/** A component that is being executed. */
interface Active {
  readonly path: string;
  readonly name: string;
  readonly record: Remembered;
  readonly parent: Active | undefined;
  readonly report: string;
  /** Reports of vanished items by the key of their `each`; `undefined` when they are not to be deleted. */
  readonly places: Map<string, string | undefined>;
  hasFailedChild: boolean;
}

/** The value that a component declares in a run: a new one where it is to fail. */
export function declaredValue(plan: ComponentPlan, run: number): string {
  const { outcome, version } = inRun(plan.runs, run);
  return outcome === "apply fails" ? `refused in run ${run}` : `version ${version}`;
}

/** Says what a run counts, one component after the other; `memory` is what the runs before have left, and is brought up to date. */
export function predict(program: Program, run: number, memory: Remembered): Prediction {
  return new Model(program, run, memory).predict();
}

class Model {
  readonly #program: Program;
  readonly #run: number;
  readonly #memory: Remembered;
  readonly #reports = new Map<string, Record<string, Counts>>([["", {}]]);
  readonly #mounted = new Set<Remembered>();
  readonly #attempted = new Set<Remembered>();
  readonly #plans: Map<string, ComponentPlan>;

  constructor(program: Program, run: number, memory: Remembered) {
    this.#program = program;
    this.#run = run;
    this.#memory = memory;
    this.#plans = new Map(componentsOf(program.main, ""));
  }

  predict(): Prediction {
    if (this.#program.runs[this.#run]!.isDrop) return this.#drop();
    const failure = this.#execute(this.#program.main, {
      name: "main",
      record: this.#memory,
      parent: undefined,
      report: "",
    });
    if (failure === undefined) for (const child of this.#memory.children.values()) this.#retryDeletes(child);
    return { reports: this.#reports, isFailing: failure !== undefined };
  }

  #drop(): Prediction {
    const memory = this.#memory;
    const isGone = memory.rowName === "" || this.#delete(memory, memory, "");
    if (isGone) Object.assign(memory, emptyMemory());
    return { reports: this.#reports, isFailing: !isGone };
  }

  #count(report: string, name: string, outcome: Exclude<keyof Counts, "queued">): void {
    const rows = this.#reports.get(report)!;
    const row = (rows[name] ??= {});
    row.starts = (row.starts ?? 0) + 1;
    row[outcome] = (row[outcome] ?? 0) + 1;
  }

  #mount(plan: ComponentPlan, kind: Kind, path: string, scope: Scope): Failure | undefined {
    const { version } = inRun(plan.runs, this.#run);
    const { component, report } = scope;
    const { record: above } = component;
    above.rowName = component.name;
    let record = above.children.get(path);
    const memo = kind === "plain" ? undefined : `${kind} ${version}`;
    if (record?.memo !== undefined && record.memo === memo && !this.#isFull) {
      this.#mounted.add(record);
      this.#count(report, kind, "unchanged");
      return undefined;
    }
    if (record === undefined) {
      record = createRecord(path, kind);
      above.children.set(path, record);
    }
    this.#mounted.add(record);
    return this.#execute(plan, { name: kind, record, parent: component, report });
  }

  get #isFull(): boolean {
    return this.#program.runs[this.#run]!.isFull;
  }

  #execute(plan: ComponentPlan, opened: Omit<Active, "path" | "places" | "hasFailedChild">): Failure | undefined {
    const { name, parent, record, report } = opened;
    const active = { ...opened, path: record.path, places: new Map(), hasFailedChild: false };
    const isNew = record.trackedName === undefined;
    const failure = this.#runFunction(plan, active) ?? this.#submit(plan, active);
    if (parent !== undefined && (failure !== undefined || active.hasFailedChild)) parent.hasFailedChild = true;
    if (failure !== undefined) {
      record.rowName = name;
      this.#count(report, name, "errors");
      return failure;
    }
    this.#sweep(active);
    const { version } = inRun(plan.runs, this.#run);
    record.memo = active.hasFailedChild || name === "plain" || name === "main" ? undefined : `${name} ${version}`;
    this.#count(report, name, isNew ? "adds" : "reprocesses");
    return undefined;
  }

  #runFunction(plan: ComponentPlan, component: Active): Failure | undefined {
    const { isStubborn, outcome } = inRun(plan.runs, this.#run);
    if (outcome === "throws first") return { isStubborn };
    const failure = this.#body(plan.body, "", { component, report: component.report, isSwallowing: false });
    return failure ?? (outcome === "throws last" ? { isStubborn } : undefined);
  }

  /** Applies what a component declares. */
  #submit(plan: ComponentPlan, { name, parent, record }: Active): Failure | undefined {
    const { isDeclaring, isStubborn, keepsTarget, outcome } = inRun(plan.runs, this.#run);
    const value = declaredValue(plan, this.#run);
    const { target } = record;
    if (isDeclaring && outcome === "reconcile fails") return { isStubborn };
    const isThere = isDeclaring
      ? target?.isSure === true && target.value === value && !this.#isFull
      : target === undefined;
    record.rowName = name;
    if (!isThere) {
      voidMemos(parent);
      record.memo = undefined;
      record.trackedName = name;
      if (isDeclaring ? outcome === "apply fails" : keepsTarget) {
        record.target = { value, isSure: false };
        return { isStubborn: isDeclaring ? isStubborn : false };
      }
    }
    record.trackedName = name;
    record.target = isDeclaring ? { value, isSure: true } : undefined;
    return undefined;
  }

  #sweep({ parent, places, record, report }: Active): void {
    for (const child of record.children.values()) {
      if (this.#mounted.has(child)) continue;
      const place = child.path.slice(record.path.length + 1).split(":")[0]!;
      const counted = places.has(place) ? places.get(place) : report;
      if (counted === undefined) continue;
      voidMemos(parent);
      this.#delete(child, record, counted);
    }
  }

  /** Deletes a component with everything below it; gives whether it is gone. */
  #delete(record: Remembered, parent: Remembered, report: string): boolean {
    this.#attempted.add(record);
    record.hasFailedDelete = true;
    record.memo = undefined;
    const gone = [...record.children.values()].map((child) => this.#delete(child, record, report));
    if (gone.includes(false)) return false;
    const name = record.trackedName ?? record.rowName;
    if (record.target !== undefined && inRun(this.#plans.get(record.path)!.runs, this.#run).keepsTarget) {
      record.target = { ...record.target, isSure: false };
      this.#count(report, name, "errors");
      return false;
    }
    parent.children.delete(record.path);
    this.#count(report, name, "deletes");
    return true;
  }

  #retryDeletes(record: Remembered, parent: Remembered = this.#memory): void {
    if (this.#mounted.has(record)) record.hasFailedDelete = false;
    if (record.hasFailedDelete && !this.#attempted.has(record)) this.#delete(record, parent, "");
    for (const child of record.children.values()) this.#retryDeletes(child, record);
  }

  /** What ends the body, if anything does. */
  #body(body: Body, prefix: string, scope: Scope): Failure | undefined {
    for (const [index, step] of body.entries()) {
      const failure = this.#step(step, `${prefix}${index}`, scope);
      if (failure !== undefined) return failure;
    }
    return undefined;
  }

  #step(step: Step, key: string, scope: Scope): Failure | undefined {
    switch (step.do) {
      case "pause":
        return undefined;
      case "mount":
      case "useMount":
        return this.#mountStep(step, key, scope);
      case "each":
        return this.#each(step, key, scope);
      case "group":
        return this.#group(step, key, scope);
      case "map": {
        const failures = step.bodies.map((body, index) => this.#body(body, `${key}.${index}.`, scope));
        return step.isCaught ? undefined : firstFailure(failures);
      }
      case "swallow":
        return this.#body(step.body, `${key}.`, { ...scope, isSwallowing: true });
      default:
        return this.#body(step.body, `${key}.`, scope);
    }
  }

  #mountStep(step: MountStep, key: string, scope: Scope): Failure | undefined {
    const { isThere, kind } = inRun(step.component.runs, this.#run);
    if (!isThere) return undefined;
    const failure = this.#mount(step.component, kind, `${scope.component.path}/${key}`, scope);
    if (step.isCaught || step.wait === "nothing") return undefined;
    if (step.do === "useMount") return failure;
    return step.wait === "ready" ? unhandled(failure, scope) : undefined;
  }

  #each(step: EachStep, key: string, scope: Scope): Failure | undefined {
    if (!inRun(step.isCalled, this.#run)) return undefined;
    const isBroken = inRun(step.isBroken, this.#run);
    // What was not listed may be there: neither it nor a component above is skipped by the next run.
    if (isBroken) scope.component.hasFailedChild = true;
    scope.component.places.set(key, isBroken ? undefined : scope.report);
    const failures = step.components.map((component, item) => {
      const isThere = inRun(component.runs, this.#run).isThere;
      return isThere
        ? this.#mount(component, inRun(step.kind, this.#run), `${scope.component.path}/${key}:${item}`, scope)
        : undefined;
    });
    if (step.isCaught || step.wait === "nothing") return undefined;
    if (isBroken) return { isStubborn: false };
    if (step.wait === "scheduled") return undefined;
    return firstFailure(failures.map((failure) => unhandled(failure, scope)));
  }

  #group(step: GroupStep, key: string, scope: Scope): Failure | undefined {
    const report = `${scope.component.path}#${key}`;
    this.#reports.set(report, {});
    let failure = this.#body(step.body, `${key}.`, { ...scope, report });
    if (inRun(step.isThrowing, this.#run)) failure ??= { isStubborn: false };
    return step.isCaught || (step.wait === "nothing" && step.form === "callback") ? undefined : failure;
  }
}

function firstFailure(failures: readonly (Failure | undefined)[]): Failure | undefined {
  return failures.find((failure) => failure !== undefined);
}

/** What the exception handlers leave of the failure of a mounted component. */
function unhandled(failure: Failure | undefined, { isSwallowing }: Scope): Failure | undefined {
  return isSwallowing || failure?.isStubborn !== true ? undefined : failure;
}

function voidMemos(component: Active | undefined): void {
  for (let above = component; above !== undefined; above = above.parent) above.record.memo = undefined;
}
