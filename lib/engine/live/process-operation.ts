import { runCycle } from "../execution/start.ts";
import { Component } from "../run/component.ts";
import type { ComponentMount } from "./component-mount.ts";
import { FullOperation } from "./full-operation.ts";
import type { LiveComponent } from "./live-component.ts";

/** Runs `process` of a live component: a new execution at the same path, below which children are mounted from then on. */
export class ProcessOperation extends FullOperation {
  readonly #mount: ComponentMount;
  readonly #instance: LiveComponent;

  constructor(mount: ComponentMount, instance: LiveComponent, signal: AbortSignal, at: Date | undefined) {
    super(signal, at);
    this.#mount = mount;
    this.#instance = instance;
  }

  protected override async perform(): Promise<boolean> {
    const { children, entry } = this.#mount;
    children.parent = await this.#createExecution();
    const { failure, hasSucceeded } = await runCycle(children.parent);
    entry.noteFailure(failure);
    if (failure !== undefined) throw failure.error;
    return hasSucceeded;
  }

  async #createExecution(): Promise<Component> {
    const { child, task } = this.#mount;
    const { args, id, info, mounting, parent, relativePath, run } = child;
    await run.live.stopBelow(id, task);
    const row = run.rows.child(parent!.id, relativePath);
    run.mounted.mount(id, row);
    const process = { ...info, implementation: () => this.#instance.process() };
    return new Component({ run, parent, id, relativePath, row, info: process, args, mounting });
  }
}
