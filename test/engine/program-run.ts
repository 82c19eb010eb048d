import { AsyncLocalStorage } from "node:async_hooks";
import { setImmediate } from "node:timers/promises";
import {
  App,
  componentSubpath,
  declareTargetState,
  exceptionHandler,
  fn,
  map,
  mount,
  mountEach,
  statsGroup,
  useMount,
  type Environment,
  type ExceptionHandler,
  type MountHandle,
  type StatsGroupHandle,
} from "../../lib/index.ts";
import { declaredValue } from "./program-model.ts";
import {
  componentsOf,
  inRun,
  type ComponentRun,
  type Body,
  type ComponentPlan,
  type Delay,
  type EachStep,
  type Form,
  type GroupStep,
  type MountStep,
  type Program,
  type Step,
} from "./random-program.ts";
import { defineRecordingTarget } from "./targets/recording-target.ts";

/** An error that a program wants thrown. */
class Planned extends Error {
  readonly isStubborn: boolean;

  constructor(message: string, isStubborn: boolean) {
    super(message);
    this.isStubborn = isStubborn;
  }
}

/** Swallows what is not stubborn. */
export const onException: ExceptionHandler = (error) => {
  if (error instanceof Planned && !error.isStubborn) return;
  throw error;
};

/** Where all programs declare: under the number of the program and the path of the component. */
export const target = defineRecordingTarget("test/programs");

const running = new Map<string, ProgramRun>();

target.onReconcile = ({ key, desired }) => {
  const { outcome, isStubborn } = configOf(key);
  if (desired !== undefined && outcome === "reconcile fails") throw new Planned("reconcile", isStubborn);
};
target.onApply = (actions) => {
  for (const { key, value } of actions) {
    const { isStubborn, keepsTarget, outcome } = configOf(key);
    if (value === undefined && keepsTarget) throw new Planned("remove", false);
    if (value !== undefined && outcome === "apply fails") throw new Planned("apply", isStubborn);
  }
};

function configOf(key: unknown): ComponentRun {
  const [id, path] = String(key).split(" ") as [string, string];
  const { plans, run } = running.get(id)!;
  return inRun(plans.get(path)!.runs, run);
}

const runComponent = (id: string, path: string, version: number): Promise<number> =>
  running.get(id)!.runComponent(path, version);

type Item = readonly [id: string, path: string, version: number];

const runItem = (item: Item): Promise<number> => runComponent(...item);

const components = {
  plain: fn({ name: "plain" }, runComponent),
  doc: fn({ name: "doc", memo: true }, runComponent),
  page: fn({ name: "page", memo: true }, runComponent),
};

const items = {
  plain: fn({ name: "plain" }, runItem),
  doc: fn({ name: "doc", memo: true }, runItem),
  page: fn({ name: "page", memo: true }, runItem),
};

const call = fn({ name: "call" }, async (body: () => Promise<void>) => body());

/** Waits for a number of turns. */
export async function wait({ of, turns }: Delay): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await (of === "immediates" ? setImmediate() : undefined);
}

/** One run of a program by the engine. */
export class ProgramRun {
  readonly id: string;
  readonly program: Program;
  readonly run: number;
  readonly plans: ReadonlyMap<string, ComponentPlan>;
  readonly #onGroup: (key: string, group: StatsGroupHandle) => void;
  readonly #outside = AsyncLocalStorage.snapshot();
  /** What must not have happened. */
  readonly problems: string[] = [];

  constructor(id: string, program: Program, run: number, onGroup: (key: string, group: StatsGroupHandle) => void) {
    this.id = id;
    this.program = program;
    this.run = run;
    this.plans = new Map(componentsOf(program.main, ""));
    this.#onGroup = onGroup;
    running.set(id, this);
  }

  createApp(environment: Environment): App<readonly never[], Promise<number>> {
    const { id, program } = this;
    const { maxInflightComponents } = program;
    return new App({ name: id, environment, maxInflightComponents }, async function main() {
      return runComponent(id, "", 0);
    });
  }

  async runComponent(path: string, version: number): Promise<number> {
    const plan = this.plans.get(path)!;
    const { isDeclaring, isStubborn, outcome } = inRun(plan.runs, this.run);
    if (outcome === "throws first") throw new Planned("first", isStubborn);
    if (isDeclaring) declareTargetState(target.provider, `${this.id} ${path}`, declaredValue(plan, this.run));
    await this.#body(plan.body, "", path);
    if (outcome === "throws last") throw new Planned("last", isStubborn);
    return version;
  }

  async #body(body: Body, prefix: string, path: string): Promise<void> {
    for (const [index, step] of body.entries()) await this.#step(step, `${prefix}${index}`, path);
  }

  async #step(step: Step, key: string, path: string): Promise<void> {
    switch (step.do) {
      case "pause":
        return wait(step);
      case "mount":
      case "useMount":
        return this.#mount(step, key, path);
      case "each":
        return settle(step.isCaught, this.#each(step, key, path), step.wait === "nothing");
      case "group":
        return this.#group(step, key, path);
      case "map": {
        const bodies = [...step.bodies.entries()];
        const mapped = map(([index, body]) => this.#body(body, `${key}.${index}.`, path), bodies);
        return settle(step.isCaught, mapped, false);
      }
      case "swallow":
      case "rethrow": {
        const isSwallowing = step.do === "swallow";
        const handler: ExceptionHandler = async (error) => {
          if (!isSwallowing) throw error;
        };
        return exceptionHandler(handler, () => this.#body(step.body, `${key}.`, path));
      }
      case "subpath":
        return this.#subpath(step.body, key, step.form, path);
      case "call":
        return call(() => this.#body(step.body, `${key}.`, path));
    }
  }

  async #mount({ component, do: how, isCaught, wait: waiting }: MountStep, key: string, path: string): Promise<void> {
    const { isThere, kind, version } = inRun(component.runs, this.run);
    if (!isThere) return;
    const args = [this.id, `${path}/${key}`, version] as const;
    if (how === "useMount") {
      const used = useMount(key, components[kind], ...args).then((value) => this.#checkValue(args[1], value, version));
      return settle(isCaught, used, waiting === "nothing");
    }
    const mounting = mount(key, components[kind], ...args);
    if (waiting === "nothing") return;
    await settle(isCaught, waiting === "ready" ? becomeReady(mounting) : mounting, false);
  }

  #checkValue(path: string, value: number, wanted: number): void {
    if (value !== wanted) this.problems.push(`${path} gave ${value} instead of ${wanted}`);
  }

  async #each(step: EachStep, key: string, path: string): Promise<void> {
    if (!inRun(step.isCalled, this.run)) return;
    const { id, run } = this;
    const isBroken = inRun(step.isBroken, run);
    function* list(): Iterable<readonly [number, Item]> {
      for (const [item, { runs }] of step.components.entries()) {
        const { isThere, version } = inRun(runs, run);
        if (isThere) yield [item, [id, `${path}/${key}:${item}`, version]];
      }
      if (isBroken) throw new Planned("listing", false);
    }
    async function* listLater(): AsyncIterable<readonly [number, Item]> {
      for (const item of list()) {
        await setImmediate();
        yield item;
      }
    }
    const mounting = mountEach(key, items[inRun(step.kind, run)], step.isAsync ? listLater() : list());
    await (step.wait === "ready" ? becomeReady(mounting) : mounting);
  }

  async #group(step: GroupStep, key: string, path: string): Promise<void> {
    const inner = async (group: StatsGroupHandle): Promise<void> => {
      this.#outside(() => this.#onGroup(`${path}#${key}`, group));
      await this.#body(step.body, `${key}.`, path);
      if (inRun(step.isThrowing, this.run)) throw new Planned("group", false);
    };
    let opened: StatsGroupHandle | undefined;
    const open = async (): Promise<void> => {
      if (step.form === "block") {
        using group = statsGroup(step.title);
        opened = group;
        return await inner(group);
      }
      return statsGroup(step.title, (group) => {
        opened = group;
        return inner(group);
      });
    };
    const isLeft = step.form === "callback" && step.wait === "nothing";
    await settle(step.isCaught, open(), isLeft);
    if (isLeft || step.wait !== "ready") return;
    for await (const { stats } of opened?.watch() ?? []) {
      if (stats.total.numQueued < 0) this.problems.push("negative queue");
    }
  }

  async #subpath(body: Body, key: string, form: Form, path: string): Promise<void> {
    if (form === "callback") {
      return componentSubpath(key).run(() => this.#body(body, `${key}.`, path));
    }
    using _ = componentSubpath(key);
    return await this.#body(body, `${key}.`, path);
  }
}

async function becomeReady(mounting: Promise<MountHandle>): Promise<void> {
  await (await mounting).ready();
}

/** Waits for what a step does, unless it is left alone; swallows its error if that is asked for. */
async function settle(isCaught: boolean, work: Promise<unknown>, isLeft: boolean): Promise<void> {
  const caught = work.catch((error: unknown) => {
    if (!isCaught && !isLeft) throw error;
  });
  if (!isLeft) await caught;
}
