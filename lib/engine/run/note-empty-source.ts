import { decodePath, formatPath, joinPaths } from "../../state/stable-key.ts";
import type { Component } from "./component.ts";
import type { ItemsPlace } from "./items-place.ts";

/** A source of `mountEach` that has listed no item. */
export interface EmptySource {
  /** The name of the component function that it feeds. */
  readonly name: string;
  /** The reason, where it is one even if there were no items before. */
  readonly reason: string | undefined;
}

/** Adds a notice if a source is empty that had items before, or that says itself why it may be a mistake. */
export function noteEmptySource(owner: Component, { path, report }: ItemsPlace, { name, reason }: EmptySource): void {
  const hadItems = hasUnmounted(owner, path);
  if (!hadItems && reason === undefined) return;
  const place = formatPath(decodePath(joinPaths(owner.encodedPath, path)));
  const source = `Source of \`${name}\` at ${place}`;
  const finding = reason === undefined ? `${source} has no items now` : `${source} has no items: ${reason}`;
  const consequence = hadItems ? "; everything made of its former items is to be deleted" : "";
  const code = reason === undefined ? "SOURCE_EMPTIED" : "NOTHING_MATCHES";
  report.notices.add({ code, message: finding + consequence, path: place });
}

/** Whether a component of an earlier run is at the place, and not mounted in this one. */
function hasUnmounted({ id, row, run }: Component, within: Uint8Array): boolean {
  if (row?.hasChildren !== true) return false;
  for (const _ of run.rows.children(id, { within, except: run.mounted })) return true;
  return false;
}
