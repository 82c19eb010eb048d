import { checkOptions, type OptionChecks } from "../../options/check-options.ts";
import { FUNCTION, type OptionCheck } from "../../options/option-check.ts";
import { argumentHint } from "../../options/argument-hint.ts";
import { describeValue } from "../../options/describe-value.ts";
import { isContainerHandler } from "./container-handler.ts";
import type { AnyHandler, ContainerHandler, TargetHandler } from "./target-handler.ts";

/** Whether the states of a handler hold others. */
export type HandlerKind = "container" | "target";

const KEYED_BY: OptionCheck = { wanted: '"place"', accepts: (value) => value === "place" };
const TARGET: OptionChecks<TargetHandler> = {
  keyedBy: KEYED_BY,
  reconcile: FUNCTION,
  apply: FUNCTION,
  inspect: FUNCTION,
};
const CONTAINER: OptionChecks<ContainerHandler> = { ...TARGET, child: FUNCTION, aliases: FUNCTION };
const REQUIRED = {
  target: ["reconcile", "apply"],
  container: ["reconcile", "apply", "child"],
} as const;

/**
 * Checks a handler of one kind. An instance of a class may have more than a handler needs, a plain object may not: its other properties
 * are misspelt. `act` is the caller's action in words, for the error.
 *
 * @throws TypeError that names the property and what was wanted
 */
export function checkHandler(act: string, handler: AnyHandler, kind: HandlerKind): void {
  if (typeof handler !== "object" || handler === null) {
    const got = `${describeValue(handler)}${argumentHint(handler)}`;
    throw new TypeError(`Cannot ${act}: its handler must be an object with ${listOf(REQUIRED[kind])}, got ${got}`);
  }
  if (kind === "target" && isContainerHandler(handler)) {
    throw new TypeError(`Cannot ${act}: its handler has the method \`child\`; define it with \`defineContainer\``);
  }
  const missing = REQUIRED[kind].find((method) => typeof handler[method as keyof AnyHandler] !== "function");
  if (missing !== undefined) {
    const remedy = missing === "child" ? "; without one, define it with `defineTarget`" : "";
    throw new TypeError(`Cannot ${act}: its handler must have the method \`${missing}\`${remedy}`);
  }
  checkOptions(act, propertiesOf(handler, kind), kind === "container" ? CONTAINER : TARGET);
}

/** The properties to be checked: all of a plain object, and those that a handler can have of an instance. */
function propertiesOf(handler: AnyHandler, kind: HandlerKind): AnyHandler {
  const prototype: unknown = Object.getPrototypeOf(handler);
  if (prototype === Object.prototype || prototype === null) return handler;
  const names = Object.keys(kind === "container" ? CONTAINER : TARGET);
  return Object.fromEntries(names.map((name) => [name, handler[name as keyof AnyHandler]])) as unknown as AnyHandler;
}

function listOf(methods: readonly string[]): string {
  return methods.map((method) => `\`${method}\``).join(", ");
}
