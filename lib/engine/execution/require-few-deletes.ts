import { TidemarkError } from "../../errors.ts";
import type { Component } from "../run/component.ts";
import type { DeleteLimit } from "../run/delete-limit.ts";
import type { ChildrenOptions } from "../records/app-rows.ts";
import type { Run } from "../run/run.ts";
import { containerLevel } from "./deletion.ts";
import { vanished } from "./sweep.ts";

/**
 * Checks, before anything is deleted, that no more has vanished below a component than the run allows. Components are counted, those
 * below them included; the components of mounted containers are not. `within` looks at one place only.
 *
 * @throws TidemarkError `TOO_MANY_DELETES`
 */
export async function requireFewDeletes(
  component: Component,
  { within }: Pick<ChildrenOptions, "within"> = {},
): Promise<void> {
  const { maxDeletes } = component.run;
  if (maxDeletes === undefined) return;
  const numVanished = await countVanished(component, within);
  if (numVanished === 0) return;
  if (maxDeletes.maxCount !== undefined) {
    if (numVanished > maxDeletes.maxCount) throw tooManyDeletes(component, numVanished, maxDeletes);
    return;
  }
  const numAll = await countBelow(component.run, component.id);
  if (numVanished > numAll * maxDeletes.maxShare!) throw tooManyDeletes(component, numVanished, maxDeletes, numAll);
}

async function countVanished(component: Component, within: Uint8Array | undefined): Promise<number> {
  const { run } = component;
  let count = 0;
  for (const { place, row } of vanished(component, { within })) {
    count += countOne(place.path);
    if (row.hasChildren) count += await countBelow(run, row.id);
    await run.pause();
  }
  return count;
}

/** Counts all components that the store has below one. */
async function countBelow(run: Run, id: number): Promise<number> {
  let count = 0;
  for (const { path, row } of run.rows.children(id)) {
    count += countOne(path);
    if (row.hasChildren) count += await countBelow(run, row.id);
    await run.pause();
  }
  return count;
}

/** Counts a component, unless it is that of a mounted container, which nobody thinks of as a source's item. */
function countOne(path: Uint8Array): number {
  return containerLevel(path) === 0 ? 1 : 0;
}

function tooManyDeletes(component: Component, count: number, limit: DeleteLimit, total?: number): TidemarkError {
  const share = total === undefined ? "" : ` of ${total}`;
  return new TidemarkError(
    "TOO_MANY_DELETES",
    `Cannot delete what has vanished below ${component.describe()}: at most ${limit.text} may vanish in one run, ` +
      `got ${count}${share}; bring the source back, or allow it once with \`update({ maxDeletes: Infinity })\` or ` +
      "`tidemark update --max-deletes Infinity`",
    { facts: { path: component.path, count, total, limit: limit.text } },
  );
}
