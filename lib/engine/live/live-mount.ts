import { encodePath } from "../../state/stable-key.ts";
import type { Clock } from "../../time/clock.ts";
import { systemClock } from "../../time/system-clock.ts";
import { pause } from "../../time/pause.ts";
import { Component } from "../run/component.ts";
import { excused } from "./excused.ts";
import { functionInfo } from "../memo/function-info.ts";
import { LiveChildren, type Launch } from "./live-children.ts";
import type { LiveClass } from "../memo/live-class.ts";
import type { LiveComponent, LiveComponentClass, LiveComponentOperator } from "./live-component.ts";
import type { LiveMapChange } from "../sources/live-map-feed.ts";
import { LiveTask } from "./live-task.ts";
import type { MountCompletion } from "../run/mount-completion.ts";
import type { MountHandle } from "../run/mount-handle.ts";
import { leave, runCycle } from "../execution/start.ts";
import { subpathKeys, type MountPath } from "../run/subpath.ts";
import type { Failure } from "./watch-once.ts";

/** A live component that is mounted, in one run. */
export class LiveMount {
  readonly #child: Component;
  readonly #class: LiveClass;
  readonly #task: LiveTask;
  readonly #children: LiveChildren;
  /** As it was run last; what is mounted beside `process` stands below it. */
  #current: Component;
  #completion: MountCompletion | undefined;
  /** What the exception handlers have left of the first failure of `process`. */
  #failure: Failure | undefined;

  constructor(child: Component, liveClass: LiveClass, launch: Launch) {
    const { ancestors, id, info, mounting, parent, path, run } = child;
    this.#child = child;
    this.#current = child;
    this.#class = liveClass;
    this.#task = new LiveTask({
      run,
      owner: parent!,
      group: mounting.group,
      handlers: mounting.handlers,
      scope: [...ancestors, id],
      name: info.name,
      path,
      watch: (signal) => this.#watch(signal),
      onReady: (failure) => {
        this.#completion?.leave(failure ?? this.#failure);
        leave(child);
      },
      untilOpen: async () => {},
    });
    // Its handlers are asked for what it mounts as well: in `processLive` there is no place for others.
    const { handlers } = mounting;
    this.#children = new LiveChildren({
      task: this.#task,
      launch,
      mounting: { kind: "mount", group: undefined, handlers },
      ownsAll: true,
      parent: () => this.#current,
    });
  }

  /** Begins; `completion` is told when it is ready. */
  start(completion: MountCompletion): void {
    const { id, row, run } = this.#child;
    this.#completion = completion;
    run.mounted.expectRemounts();
    run.mounted.mount(id, row);
    completion.enter();
    run.write(this.#child.recordChanges({}));
    this.#task.start();
  }

  get task(): LiveTask {
    return this.#task;
  }

  get children(): LiveChildren {
    return this.#children;
  }

  /** Runs `process` of `instance` when its turn comes; rejects with what the exception handlers left of a failure. */
  updateFull(instance: LiveComponent, change: LiveMapChange | undefined, signal: AbortSignal): Promise<void> {
    const done = Promise.withResolvers<void>();
    this.#task.enqueue(undefined, {
      at: change?.at,
      run: async () => {
        const { failure, hasSucceeded } = await this.#cycle(instance);
        this.#failure ??= failure;
        if (failure === undefined) done.resolve();
        else done.reject(failure.error);
        return hasSucceeded;
      },
      drop: () => (signal.aborted ? done.reject(signal.reason) : done.resolve()),
    });
    return done.promise;
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const instance: LiveComponent = new this.#class(...(this.#child.args as readonly never[]));
    const operator = new Operator(this, instance, signal);
    clocks.set(operator, this.#child.run.clock);
    await instance.processLive(operator);
  }

  async #cycle(instance: LiveComponent): ReturnType<typeof runCycle> {
    const { id, info, mounting, args, parent, relativePath, run } = this.#child;
    await run.live.stopBelow(id, this.#task);
    const row = run.rows.child(parent!.id, relativePath);
    run.mounted.mount(id, row);
    const process = { ...info, implementation: () => instance.process() };
    this.#current = new Component({ run, parent, id, relativePath, row, info: process, args, mounting });
    return runCycle(this.#current);
  }
}

const clocks = new WeakMap<LiveComponentOperator, Clock>();

/** Waits on the clock of the run, but not beyond the end of the operator: then it rejects with the reason of its signal. */
export function pauseOperator(operator: LiveComponentOperator, ms: number): Promise<void> {
  return pause(ms, { clock: clocks.get(operator) ?? systemClock, signal: operator.signal });
}

class Operator implements LiveComponentOperator {
  readonly signal: AbortSignal;
  readonly #mount: LiveMount;
  readonly #instance: LiveComponent;

  constructor(mount: LiveMount, instance: LiveComponent, signal: AbortSignal) {
    this.#mount = mount;
    this.#instance = instance;
    this.signal = signal;
  }

  updateFull(change?: LiveMapChange): Promise<void> {
    return excused(this.signal, () => this.#mount.updateFull(this.#instance, change, this.signal));
  }

  update<A extends readonly unknown[]>(
    subpath: MountPath,
    target: ((...args: A) => unknown) | LiveComponentClass<A>,
    ...args: NoInfer<A>
  ): Promise<MountHandle> {
    return excused(this.signal, async () => {
      const info = functionInfo(target);
      return this.#mount.children.update({ path: encodePath(subpathKeys(subpath)), info, args }, undefined);
    });
  }

  delete(subpath: MountPath): Promise<MountHandle> {
    return excused(this.signal, async () => this.#mount.children.delete(encodePath(subpathKeys(subpath)), undefined));
  }

  markReady(): Promise<void> {
    return excused(this.signal, () => this.#mount.task.markReady());
  }

  reportException(error: unknown): Promise<void> {
    return excused(this.signal, () => this.#mount.task.reportException(error));
  }
}
