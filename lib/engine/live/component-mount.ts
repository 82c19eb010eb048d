import type { LiveClass } from "../memo/live-class.ts";
import type { Component } from "../run/component.ts";
import type { ChildOperationTarget } from "./child-operation.ts";
import type { LiveTask } from "./live-task.ts";
import type { ReadyEntry } from "./ready-entry.ts";

/** One live component that is mounted, in one run. */
export interface ComponentMount extends ChildOperationTarget {
  readonly liveClass: LiveClass;
  /** The component as it was mounted; each execution of `process` is another one at the same path. */
  readonly child: Component;
  readonly entry: ReadyEntry;
  readonly task: LiveTask;
}
