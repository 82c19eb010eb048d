/** The component that a target was given to. */
export interface TargetOwner {
  readonly id: number;
  /** The run that it is part of. */
  readonly run: unknown;
  /** Returns the name and the path of the component, for messages. */
  describe(): string;
}

/** The key of the method that binds a target to a component: what is declared through it there is declared by that component. */
export const bindTarget: unique symbol = Symbol.for("tidemark.bindTarget");

/** A target that can be bound to the component that it is given to. */
export interface BindableTarget {
  /** Returns the same target, bound to `owner` alone. */
  [bindTarget](owner: TargetOwner): BindableTarget;
}

/**
 * Binds the targets among the arguments of a component to it. An argument that is a plain object or an array and has a target as a
 * property is replaced by a copy with the bound one; every other argument is passed on as it is.
 */
export function bindTargets(args: readonly unknown[], owner: TargetOwner): readonly unknown[] {
  return replaceEach(args, (argument) => bindArgument(argument, owner)) as readonly unknown[];
}

function bindArgument(argument: unknown, owner: TargetOwner): unknown {
  if (typeof argument !== "object" || argument === null) return argument;
  if (isBindable(argument)) return argument[bindTarget](owner);
  if (!isPlain(argument)) return argument;
  return replaceEach(argument, (value) => (isBindable(value) ? value[bindTarget](owner) : value));
}

/** Returns `values` itself when nothing in it is replaced, else a copy that is frozen if `values` is. */
function replaceEach(values: object, replace: (value: unknown) => unknown): object {
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(values)) {
    const value = (values as Record<string, unknown>)[key];
    const replaced = replace(value);
    if (replaced === value) continue;
    copy ??= copyOf(values);
    copy[key] = replaced;
  }
  if (copy === undefined) return values;
  return Object.isFrozen(values) ? Object.freeze(copy) : copy;
}

function copyOf(values: object): Record<string, unknown> {
  const copy: object = Array.isArray(values) ? [...(values as unknown[])] : { ...values };
  return copy as Record<string, unknown>;
}

function isBindable(value: unknown): value is BindableTarget {
  return typeof value === "object" && value !== null && bindTarget in value;
}

function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
