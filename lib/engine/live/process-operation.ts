import { runCycle } from "../execution/start.ts";
import { Component } from "../run/component.ts";
import type { ComponentMount } from "./component-mount.ts";
import { FullOperation, type FullOperationOptions } from "./full-operation.ts";
import type { LiveComponent } from "./live-component.ts";

/** Options of {@link ProcessOperation}. */
export interface ProcessOperationOptions extends FullOperationOptions {
  readonly mount: ComponentMount;
  readonly instance: LiveComponent;
  /** Aborted when `processLive` has failed: the operation is given up, because its `process` may never end. */
  readonly failing: AbortSignal;
}

/** Runs `process` of a live component: a new execution at the same path, below which children are mounted from then on. */
export class ProcessOperation extends FullOperation<ProcessOperationOptions> {
  protected override async perform(): Promise<boolean> {
    const { failing, mount } = this.options;
    const { children, entry } = mount;
    const execution = await this.#createExecution();
    failing.throwIfAborted();
    children.parent = execution;
    const giveUp = (): void => execution.giveUp(failing.reason);
    failing.addEventListener("abort", giveUp, { once: true });
    const { failure, hasSucceeded } = await runCycle(execution);
    failing.removeEventListener("abort", giveUp);
    if (execution.isAbortReason(failing.reason)) throw failing.reason;
    entry.noteFailure(failure);
    if (failure !== undefined) throw failure.error;
    return hasSucceeded;
  }

  async #createExecution(): Promise<Component> {
    const { instance, mount } = this.options;
    const { child, task } = mount;
    const { args, id, info, mounting, parent, relativePath, run } = child;
    await run.live.stopBelow(id, task);
    const row = run.rows.child(parent!.id, relativePath);
    run.mounted.mount(id, row);
    const process = { ...info, implementation: () => instance.process() };
    return new Component({ run, parent, id, relativePath, row, info: process, args, mounting });
  }
}
