/** The component that a target was given to. */
export interface TargetOwner {
  readonly id: number;
  /** The run that it is part of. */
  readonly run: unknown;
  /** Returns the name and the path of the component, for messages. */
  describe(): string;
  /** Whether it is `owner` or a component below it, of the same run. */
  isWithin(owner: TargetOwner): boolean;
}

/** The key of the method that binds a target to a component: what is declared through it there is declared by that component. */
export const bindTarget: unique symbol = Symbol.for("tidemark.bindTarget");

/** The key of the component that a target is bound to. */
export const boundOwner: unique symbol = Symbol.for("tidemark.boundOwner");

/** A target that can be bound to the component that it is given to. */
export interface BindableTarget {
  readonly [boundOwner]: TargetOwner | undefined;
  /** Returns the same target, bound to `owner` alone. */
  [bindTarget](owner: TargetOwner): BindableTarget;
}

/** How many plain objects or arrays may be nested around a target, the argument being the outermost. */
const MAX_NESTING = 3;

/**
 * Binds the targets among the arguments of a component to it. A plain object or an array that holds a target, itself an argument or
 * nested in one, is replaced by a copy with the bound one; every other value is passed on as it is.
 */
export function bindTargets(args: readonly unknown[], owner: TargetOwner): readonly unknown[] {
  return replaceEach(args, (argument) => bindValue(argument, owner, MAX_NESTING)) as readonly unknown[];
}

function bindValue(value: unknown, owner: TargetOwner, nesting: number): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (isBindable(value)) return value[bindTarget](owner);
  if (nesting === 0 || !isPlain(value)) return value;
  return replaceEach(value, (each) => bindValue(each, owner, nesting - 1));
}

/** Finds a component that a target among `values` is bound to and that is neither `component` nor one above it. */
export function findForeignOwner(
  values: readonly unknown[],
  component: TargetOwner,
  nesting: number = MAX_NESTING,
): TargetOwner | undefined {
  for (const value of values) {
    if (typeof value !== "object" || value === null) continue;
    const owner = foreignOwnerOf(value, component);
    if (owner !== undefined) return owner;
    if (nesting === 0 || isBindable(value) || !isPlain(value)) continue;
    const inside = findForeignOwner(Object.values(value), component, nesting - 1);
    if (inside !== undefined) return inside;
  }
  return undefined;
}

/** Returns the component that `value`, if it is a target, is bound to, unless that is `component` or one above it. */
export function foreignOwnerOf(value: unknown, component: TargetOwner): TargetOwner | undefined {
  const owner = isBindable(value) ? value[boundOwner] : undefined;
  return owner === undefined || component.isWithin(owner) ? undefined : owner;
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
