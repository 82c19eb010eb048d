import { encodePath } from "../../state/stable-key.ts";
import { admit, runInBackground } from "../execution/start.ts";
import { functionInfo } from "../memo/function-info.ts";
import type { LiveClass } from "../memo/live-class.ts";
import type { Component } from "../run/component.ts";
import { MountCompletion } from "../run/mount-completion.ts";
import type { MountHandle } from "../run/mount-handle.ts";
import { subpathKeys, type MountPath } from "../run/subpath.ts";
import type { LiveMapChange } from "../sources/live-map-feed.ts";
import { bindTargets } from "../targets/bind-targets.ts";
import { changeTime } from "./change-time.ts";
import { ChildDeletion } from "./child-deletion.ts";
import { ChildOperation, type ChildOperationTarget } from "./child-operation.ts";
import type { ComponentMount } from "./component-mount.ts";
import { excused } from "./excused.ts";
import { failureOf, type Failure } from "./failure.ts";
import { LiveChildren, type LiveChild } from "./live-children.ts";
import type { LiveComponent, LiveComponentClass, LiveComponentOperator } from "./live-component.ts";
import type { LiveSource } from "./live-source.ts";
import { LiveTask } from "./live-task.ts";
import { setClock } from "./operator-clock.ts";
import { ProcessOperation } from "./process-operation.ts";
import { ComponentEntry } from "./ready-entry.ts";
import { SourceReporter } from "./source-reporter.ts";

/**
 * Starts a component that was just mounted, live or not, as a part of `completion`. Returns a promise only if the component has to wait
 * for a slot. The operator of a live component launches children in turn: this file holds the whole circle.
 */
export function launch(child: Component, completion: MountCompletion): Promise<void> | undefined {
  const { live } = child.info;
  if (live !== undefined) {
    followComponent(child, live, completion);
    return undefined;
  }
  const waiting = admit(child);
  if (waiting === undefined) runInBackground(child, completion);
  return waiting?.then(() => runInBackground(child, completion));
}

/** Mounts a child of a live source, for the first time or again. */
export class ChildUpdate extends ChildOperation {
  readonly #child: LiveChild;

  constructor(target: ChildOperationTarget, child: LiveChild, at?: Date) {
    super(target, child.path, at);
    this.#child = child;
  }

  protected override async perform(children: LiveChildren): Promise<Failure | undefined> {
    const completion = new MountCompletion();
    const child = await children.adopt(this.#child);
    await launch(child, completion);
    this.begin();
    completion.close();
    const failure = await failureOf(completion);
    await children.deleteLost(child);
    return failure;
  }
}

function followComponent(child: Component, liveClass: LiveClass, completion: MountCompletion): void {
  const { id, info, mounting, path, row, run } = child;
  const { group, handlers } = mounting;
  const owner = child.parent!;
  run.mounted.expectRemounts();
  run.mounted.mount(id, row);
  const entry = new ComponentEntry(completion, child);
  run.write(child.recordChanges({}));
  owner.markLive();
  const reporter = new SourceReporter({ owner, group, handlers, name: info.name, path });
  const task = new LiveTask({ component: child, entry, reporter });
  // `processLive` cannot open a block of exception handlers, so its children have the handlers of the live component.
  const children = new LiveChildren({
    parent: child,
    mounting: { kind: "mount", group: undefined, handlers },
    ownsAll: true,
  });
  task.start(new ComponentSource({ child, children, entry, liveClass, reporter, task }));
}

class ComponentSource implements LiveSource {
  readonly #mount: ComponentMount;

  constructor(mount: ComponentMount) {
    this.#mount = mount;
  }

  async follow(signal: AbortSignal): Promise<void> {
    const { child, liveClass } = this.#mount;
    const instance: LiveComponent = new liveClass(...(bindTargets(child.args, child) as readonly never[]));
    const operator = new ComponentOperator(this.#mount, instance, signal);
    setClock(operator, child.run.clock);
    await instance.processLive(operator);
  }
}

class ComponentOperator implements LiveComponentOperator {
  readonly signal: AbortSignal;
  readonly #mount: ComponentMount;
  readonly #instance: LiveComponent;

  constructor(mount: ComponentMount, instance: LiveComponent, signal: AbortSignal) {
    this.#mount = mount;
    this.#instance = instance;
    this.signal = signal;
  }

  updateFull(change?: LiveMapChange): Promise<void> {
    return excused(this.signal, () => {
      const { failing } = this.#mount.task;
      const options = { mount: this.#mount, instance: this.#instance, signal: this.signal, failing };
      return this.#mount.task.enqueue(new ProcessOperation(options, changeTime(change)));
    });
  }

  update<A extends readonly unknown[]>(
    subpath: MountPath,
    target: ((...args: A) => unknown) | LiveComponentClass<A>,
    ...args: NoInfer<A>
  ): Promise<MountHandle> {
    return excused(this.signal, () => {
      const info = functionInfo(target);
      const child = { path: encodePath(subpathKeys(subpath)), info, args };
      return this.#mount.task.enqueue(new ChildUpdate(this.#mount, child));
    });
  }

  delete(subpath: MountPath): Promise<MountHandle> {
    return excused(this.signal, () => {
      const path = encodePath(subpathKeys(subpath));
      return this.#mount.task.enqueue(new ChildDeletion(this.#mount, path));
    });
  }

  markReady(): Promise<void> {
    return excused(this.signal, () => this.#mount.task.markReady());
  }

  reportException(error: unknown): Promise<void> {
    return excused(this.signal, async () => void (await this.#mount.reporter.reportFailure(error)));
  }
}
