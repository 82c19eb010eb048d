import { AsyncLocalStorage } from "node:async_hooks";
import { TidemarkError } from "../errors.ts";
import type { Component } from "./component.ts";
import type { ExceptionHandler } from "./exceptions.ts";
import type { GroupScope } from "./group.ts";
import type { Dependencies } from "./logic.ts";
import type { StableKey } from "../state/stable-key.ts";
import type { MemoizedCall } from "./memoized-call.ts";

/** Where code stands that runs inside a component: what a mount or a declaration there belongs to. */
export interface Scope {
  /** The keys that open sub-path blocks add. */
  readonly subpath: readonly StableKey[];
  /** The innermost stats group; `undefined` outside any. */
  readonly group: GroupScope | undefined;
  /** Innermost first. */
  readonly handlers: readonly ExceptionHandler[];
}

/**
 * The ambient context of a component's code. A frame belongs to one function call or callback; scopes opened with `using` stack up
 * in the frame of the function that opened them, and callbacks started meanwhile keep the scope they started with.
 */
export class Frame {
  readonly component: Component;
  /** Where the logic of called functions is recorded. */
  readonly dependencies: Dependencies;
  /** The memoized call that this code is part of, if any. */
  readonly call: MemoizedCall | undefined;
  readonly #base: Scope;
  readonly #opened: { readonly scope: Scope; readonly token: object }[] = [];

  constructor(component: Component, scope: Scope, dependencies: Dependencies, call?: MemoizedCall) {
    this.component = component;
    this.dependencies = dependencies;
    this.call = call;
    this.#base = scope;
  }

  /** The scope in force now. */
  get scope(): Scope {
    return this.#opened.at(-1)?.scope ?? this.#base;
  }

  /** Runs `body` in a frame of its own with a changed scope. */
  within<T>(change: Partial<Scope>, body: () => T): T {
    return frames.run(new Frame(this.component, { ...this.scope, ...change }, this.dependencies, this.call), body);
  }

  /** Changes the scope until the function given back is called, for the `using` form. */
  open(change: Partial<Scope>, what: string): () => void {
    const token = {};
    this.#opened.push({ scope: { ...this.scope, ...change }, token });
    return () => {
      const index = this.#opened.findIndex((entry) => entry.token === token);
      if (index === -1) return;
      const isInnermost = index === this.#opened.length - 1;
      this.#opened.splice(index, 1);
      if (!isInnermost) throw overlapError(this.component, what);
    };
  }
}

const frames = new AsyncLocalStorage<Frame | undefined>();

/** The frame of the running code, or `undefined` outside any component. */
export function currentFrame(): Frame | undefined {
  return frames.getStore();
}

/** The frame of the running code; `act` says what the caller wants to do, for the error. */
export function requireFrame(act: string): Frame {
  const frame = frames.getStore();
  if (frame === undefined) {
    throw new TidemarkError(
      "OUTSIDE_COMPONENT",
      `Cannot ${act} outside a component: call it from a function that an app runs or mounts`,
    );
  }
  return frame;
}

/** Runs `body` with `frame` as the ambient context. */
export function runInFrame<T>(frame: Frame, body: () => T): T {
  return frames.run(frame, body);
}

/** Runs `body` as code of no component, though one may have started it. */
export function runOutside<T>(body: () => T): T {
  return frames.run(undefined, body);
}

function overlapError(component: Component, what: string): TidemarkError {
  return new TidemarkError(
    "SCOPE_OVERLAP",
    `Cannot close ${what} in ${component.describe()}: blocks of \`using\` in one function must nest, and one that was opened ` +
      "later is still open; give branches that run side by side a callback, or a function of their own",
    { facts: { path: component.path } },
  );
}
