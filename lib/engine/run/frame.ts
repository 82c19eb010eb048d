import { AsyncLocalStorage } from "node:async_hooks";
import { TidemarkError } from "../../errors.ts";
import type { BodyHost } from "./body-host.ts";
import type { Component } from "./component.ts";
import { ONE_COPY_REMEDY } from "../memo/package-copy.ts";
import { announceCopy, findSurroundingCopy } from "./copies.ts";
import type { ExceptionHandler } from "./exceptions.ts";
import type { GroupScope } from "./group.ts";
import type { Dependencies } from "../memo/logic.ts";
import type { StableKey } from "../../state/stable-key.ts";
import type { ExecutingCall } from "../memo/executing-call.ts";

/** Where code stands that runs inside a component: what a mount or a declaration there belongs to. */
export interface Scope {
  /** The keys that open sub-path blocks add. */
  readonly subpath: readonly StableKey[];
  /** The innermost stats group; `undefined` outside any. */
  readonly group: GroupScope | undefined;
  /** Innermost first. */
  readonly handlers: readonly ExceptionHandler[];
}

/** A `using` block: the code that it was opened by goes on in a frame of its own until the block ends. */
interface Block {
  readonly opener: Frame;
  /** The open blocks of the function call or callback that it is part of, itself included, in the order of opening. */
  readonly open: Block[];
  isClosed: boolean;
}

/**
 * The ambient context of a component's code. A frame belongs to one function call or callback, or to a `using` block in it. Code keeps
 * the frame that it was started in: branches that run side by side do not see each other's blocks.
 */
export class Frame {
  readonly component: Component;
  /** The component, as far as code that does not mount needs it. */
  readonly host: BodyHost;
  /** The scope in force. */
  readonly scope: Scope;
  /** Where the logic of called functions is recorded. */
  readonly dependencies: Dependencies;
  /** The memoized call that this code is part of, if any. */
  readonly call: ExecutingCall | undefined;
  #block: Block | undefined;
  /** Made when the first block is opened. */
  #openBlocks: Block[] | undefined;

  constructor(component: Component, scope: Scope, dependencies: Dependencies, call?: ExecutingCall) {
    this.component = component;
    this.host = component;
    this.scope = scope;
    this.dependencies = dependencies;
    this.call = call;
  }

  /** This frame, or the nearest one around it whose block is not closed: code may outlive the block that it was started in. */
  get nearestOpen(): Frame {
    return this.#block?.isClosed === true ? this.#block.opener.nearestOpen : this;
  }

  /** Runs `body` in a frame of its own: a block that it opens is open for nobody else. */
  apart<T>(body: () => T): T {
    return frames.run(this.#derive(this.scope), body);
  }

  /** Runs `body` in a frame of its own with a changed scope. */
  within<T>(change: Partial<Scope>, body: () => T): T {
    return frames.run(this.#derive({ ...this.scope, ...change }), body);
  }

  /** Changes the scope for the code that runs, until the function given back is called: the `using` form. */
  open(change: Partial<Scope>, what: string): () => void {
    const frame = this.#derive({ ...this.scope, ...change });
    const open = this.#block?.open ?? (this.#openBlocks ??= []);
    const block: Block = { opener: this, open, isClosed: false };
    frame.#block = block;
    open.push(block);
    frames.enterWith(frame);
    return () => {
      if (block.isClosed) return;
      block.isClosed = true;
      if (frames.getStore() === frame) frames.enterWith(this.nearestOpen);
      const isInnermost = open.at(-1) === block;
      open.splice(open.indexOf(block), 1);
      if (!isInnermost) throw overlapError(this.component, what);
    };
  }

  #derive(scope: Scope): Frame {
    return new Frame(this.component, scope, this.dependencies, this.call);
  }
}

const frames = new AsyncLocalStorage<Frame | undefined>();

/** The frame of the running code, or `undefined` outside any component. */
export function currentFrame(): Frame | undefined {
  return frames.getStore()?.nearestOpen;
}

function isInside(): boolean {
  return currentFrame() !== undefined;
}

/** The frame of the running code; `act` says what the caller wants to do, for the error. */
export function requireFrame(act: string): Frame {
  const frame = currentFrame();
  if (frame === undefined) throw outsideError(act);
  return frame;
}

/** Runs `body` with `frame` as the ambient context. */
export function runInFrame<T>(frame: Frame, body: () => T): T {
  announceCopy(isInside);
  return frames.run(frame, body);
}

/** Runs `body` as code of no component, though one may have started it. */
export function runOutside<T>(body: () => T): T {
  return frames.run(undefined, body);
}

/** Throws where the running code is part of a component of another copy, which what it does here would be unknown to. */
export function requireNoOtherCopy(act: string): void {
  const error = otherComponentError(act);
  if (error !== undefined) throw error;
}

function outsideError(act: string): TidemarkError {
  const message = `Cannot ${act} outside a component: call it from a function that an app runs or mounts`;
  return otherComponentError(act) ?? new TidemarkError("OUTSIDE_COMPONENT", message);
}

function otherComponentError(act: string): TidemarkError | undefined {
  const found = findSurroundingCopy();
  if (found === undefined) return undefined;
  const { other, own } = found;
  const message =
    `Cannot ${act}: the running component belongs to another copy of tidemark (${other}) than this call (${own}); ` +
    ONE_COPY_REMEDY;
  return new TidemarkError("OUTSIDE_COMPONENT", message, { facts: { other, own } });
}

function overlapError(component: Component, what: string): TidemarkError {
  return new TidemarkError(
    "SCOPE_OVERLAP",
    `Cannot close ${what} in ${component.describe()}: blocks of \`using\` in one component must nest, and one that was opened ` +
      "later is still open; give branches that run side by side a callback each, or mount them as components",
    { facts: { path: component.path } },
  );
}
