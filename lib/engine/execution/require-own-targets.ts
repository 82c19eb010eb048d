import { TidemarkError } from "../../errors.ts";
import type { FunctionInfo } from "../memo/function-info.ts";
import type { Component } from "../run/component.ts";
import { findForeignOwner, foreignOwnerOf, type TargetOwner } from "../targets/bind-targets.ts";

/**
 * Checks that the targets among the arguments of a component to be mounted are not those of another component.
 *
 * @throws TidemarkError `WRONG_CONTEXT` for a target that was given to another component than `parent` or one above it
 */
export function requireOwnTargets(parent: Component, info: FunctionInfo, args: readonly unknown[]): void {
  const owner = findForeignOwner(args, parent);
  if (owner !== undefined) throw wrongContext(parent, info, owner);
}

/** As {@link requireOwnTargets}, for the value of an item, which is not searched: there are many items. */
export function requireOwnItem(parent: Component, info: FunctionInfo, value: unknown): void {
  const owner = foreignOwnerOf(value, parent);
  if (owner !== undefined) throw wrongContext(parent, info, owner);
}

function wrongContext(parent: Component, info: FunctionInfo, owner: TargetOwner): TidemarkError {
  return new TidemarkError(
    "WRONG_CONTEXT",
    `Cannot mount \`${info.name}\` in ${parent.describe()}: a target among its arguments was given to ${owner.describe()}, so the ` +
      "code of that one runs in the async context of another component; pass the job to the queue as `AsyncResource.bind(job)` of " +
      "node:async_hooks",
    { facts: { path: parent.path, owner: owner.describe() } },
  );
}
