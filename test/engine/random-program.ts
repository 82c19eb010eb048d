import fc from "fast-check";

/** What differs from run to run: the value of run `n` stands at `n` modulo the length. */
export type PerRun<T> = readonly T[];

/** How a component is to end. */
export type Outcome = "succeeds" | "throws first" | "throws last" | "reconcile fails" | "apply fails";

/** A component function: `plain` has no memo, the others have. */
export type Kind = "plain" | "doc" | "page";

/** What one component is and does in one run. */
export interface ComponentRun {
  /** Whether it is mounted. */
  readonly isThere: boolean;
  readonly kind: Kind;
  /** Its argument: with another one its memo does not hold. */
  readonly version: number;
  readonly outcome: Outcome;
  /** Whether the outermost exception handler throws its error on. */
  readonly isStubborn: boolean;
  readonly isDeclaring: boolean;
  /** Whether the target refuses to remove what it has declared. */
  readonly keepsTarget: boolean;
}

/** One place in the tree of components. */
export interface ComponentPlan {
  readonly runs: PerRun<ComponentRun>;
  readonly body: Body;
}

/** What is waited for: nothing, the scheduling, or the readiness. */
export type Wait = "nothing" | "scheduled" | "ready";

/** Whether a scope is opened for a callback, or until it is disposed of. */
export type Form = "callback" | "block";

/** What a function does, one after the other. */
export type Body = readonly Step[];

export interface PauseStep {
  readonly do: "pause";
  readonly turns: number;
  readonly of: "microtasks" | "immediates";
}

export interface MountStep {
  readonly do: "mount" | "useMount";
  readonly wait: Wait;
  readonly isCaught: boolean;
  readonly component: ComponentPlan;
}

export interface EachStep {
  readonly do: "each";
  readonly wait: Wait;
  readonly isCaught: boolean;
  readonly isAsync: boolean;
  /** What is mounted for every item. */
  readonly kind: PerRun<Kind>;
  readonly isCalled: PerRun<boolean>;
  /** Whether the items end with an error. */
  readonly isBroken: PerRun<boolean>;
  readonly components: readonly ComponentPlan[];
}

export interface GroupStep {
  readonly do: "group";
  readonly title: string;
  readonly form: Form;
  /** `"ready"`: a watcher inside the component is followed to its end, after the body. */
  readonly wait: Wait;
  readonly isCaught: boolean;
  readonly isThrowing: PerRun<boolean>;
  readonly body: Body;
}

export interface ScopeStep {
  readonly do: "subpath" | "swallow" | "rethrow" | "call";
  readonly form: Form;
  readonly body: Body;
}

export interface MapStep {
  readonly do: "map";
  readonly isCaught: boolean;
  readonly bodies: readonly Body[];
}

export type Step = PauseStep | MountStep | EachStep | GroupStep | ScopeStep | MapStep;

/** Counts the turns before something happens. */
export interface Delay {
  readonly turns: number;
  readonly of: "microtasks" | "immediates";
}

/** How one run of a program is started, watched and ended. */
export interface RunPlan {
  readonly isFull: boolean;
  readonly abort: Delay | null;
  readonly watch: Delay;
  readonly isDrop: boolean;
}

/** A pipeline, the runs it is to have, and how both change in between. */
export interface Program {
  readonly maxInflightComponents: number;
  readonly runs: readonly RunPlan[];
  readonly main: ComponentPlan;
}

/** What `values` holds for a run. */
export function inRun<T>(values: PerRun<T>, run: number): T {
  return values[run % values.length]!;
}

/** Every component of a body with its path, those below it included. */
function* componentsIn(body: Body, path: string, prefix = ""): Iterable<readonly [string, ComponentPlan]> {
  for (const [index, step] of body.entries()) {
    const key = `${prefix}${index}`;
    if ("component" in step) yield* componentsOf(step.component, `${path}/${key}`);
    if ("body" in step) yield* componentsIn(step.body, path, `${key}.`);
    if ("components" in step) {
      for (const [item, plan] of step.components.entries()) yield* componentsOf(plan, `${path}/${key}:${item}`);
    }
    if ("bodies" in step) {
      for (const [item, inner] of step.bodies.entries()) yield* componentsIn(inner, path, `${key}.${item}.`);
    }
  }
}

/** A component and every one below it, with their paths. */
export function* componentsOf(plan: ComponentPlan, path: string): Iterable<readonly [string, ComponentPlan]> {
  yield [path, plan];
  yield* componentsIn(plan.body, path);
}

const rarely = (probability: number): fc.Arbitrary<boolean> =>
  fc.integer({ min: 0, max: 99 }).map((value) => value >= 100 - probability);

const perRun = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<PerRun<T>> =>
  fc.array(value, { minLength: 1, maxLength: 3, size: "max" });

const delay = (maxTurns: number): fc.Arbitrary<Delay> =>
  fc.record({ turns: fc.nat({ max: maxTurns }), of: fc.constantFrom("immediates", "microtasks") });

const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  { arbitrary: fc.constant("succeeds"), weight: 16 },
  { arbitrary: fc.constantFrom("throws last", "throws first", "reconcile fails", "apply fails"), weight: 4 },
);

const kind = fc.constantFrom<Kind[]>("plain", "doc", "doc", "doc", "page");

const componentRun: fc.Arbitrary<ComponentRun> = fc.record({
  isThere: rarely(25).map((isGone) => !isGone),
  kind,
  version: rarely(30).map(Number),
  outcome,
  isStubborn: rarely(20),
  isDeclaring: fc.boolean(),
  keepsTarget: rarely(15),
});

const wait = fc.constantFrom<Wait[]>("scheduled", "nothing", "ready");
const form = fc.constantFrom<Form[]>("callback", "block");

const { body } = fc.letrec<{ body: Body; step: Step; component: ComponentPlan }>((tie) => {
  const component = fc.record({ runs: perRun(componentRun), body: tie("body") });
  const common = { wait, isCaught: fc.boolean() };
  const pause = fc.record({
    do: fc.constant("pause"),
    turns: fc.nat({ max: 3 }),
    of: fc.constantFrom("immediates", "microtasks"),
  });
  const mount = fc.record({ do: fc.constantFrom("mount", "useMount"), ...common, component });
  const each = fc.record({
    do: fc.constant("each"),
    ...common,
    isAsync: fc.boolean(),
    kind: perRun(kind),
    isCalled: perRun(rarely(15).map((isLeftOut) => !isLeftOut)),
    isBroken: perRun(rarely(10)),
    components: fc.array(component, { maxLength: 3, size: "max" }),
  });
  const group = fc.record({
    do: fc.constant("group"),
    title: fc.constantFrom("A", "B"),
    form,
    ...common,
    isThrowing: perRun(rarely(10)),
    body: tie("body"),
  });
  const scope = fc.record({ do: fc.constantFrom("subpath", "swallow", "rethrow", "call"), form, body: tie("body") });
  const map = fc.record({
    do: fc.constant("map"),
    isCaught: fc.boolean(),
    bodies: fc.array(tie("body"), { maxLength: 3 }),
  });
  const leaf = pause as fc.Arbitrary<Step>;
  return {
    body: fc.array(tie("step"), { maxLength: 3, size: "max" }),
    step: fc.oneof(
      { maxDepth: 4, depthSize: "medium", depthIdentifier: "step" },
      { arbitrary: leaf, weight: 2 },
      { arbitrary: mount, weight: 5 },
      { arbitrary: each, weight: 4 },
      { arbitrary: group, weight: 5 },
      { arbitrary: scope, weight: 2 },
      { arbitrary: map, weight: 1 },
    ),
    component,
  };
});

const runPlan: fc.Arbitrary<RunPlan> = fc.record({
  isFull: rarely(8),
  abort: fc.oneof({ arbitrary: fc.constant(null), weight: 7 }, { arbitrary: delay(12), weight: 1 }),
  watch: delay(12),
  isDrop: rarely(4),
});

/** Any {@link Program}. */
export const anyProgram: fc.Arbitrary<Program> = fc.record({
  maxInflightComponents: fc.integer({ min: 1, max: 4 }),
  runs: fc.array(runPlan, { minLength: 1, maxLength: 4, size: "max" }),
  main: fc.record({
    runs: perRun(componentRun.map((run) => ({ ...run, kind: "plain" as const, isThere: true }))),
    body: fc.array(fc.oneof(body), { minLength: 1, maxLength: 2, size: "max" }).map((bodies) => bodies.flat()),
  }),
});
