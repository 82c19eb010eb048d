import { isDeepStrictEqual } from "node:util";
import {
  defineContainer,
  type ContainerHandler,
  type ContainerKind,
  type ContainerState,
  type StableKey,
  type TargetChange,
  type TargetHandler,
} from "../../../lib/index.ts";

/** A kind of container in memory that keeps what it was told. */
export interface RecordingContainer {
  readonly kind: ContainerKind<string, string, string, string>;
  /** What was done, in order: `make outer`, `write outer/row`, `remove outer/row`, `remove outer`. */
  readonly log: string[];
  /** What is outside, by path. */
  readonly outside: Map<string, string>;
  /** What `reconcile` was asked about rows. */
  readonly changes: TargetChange<string, string, string>[];
  /** What becomes of a container that is made sure of. */
  become: (path: string) => ContainerState;
  /** Called before anything is done. */
  onApply: ((entry: string) => void) | undefined;
  /** Whether rows can be removed where their container is not mounted any more. */
  hasChildWhenGone: boolean;
}

interface Action {
  readonly path: string;
  readonly value: string | undefined;
}

let nextNumber = 1;

/** Defines a kind of container; with `nested`, containers stand in its containers, so many levels deep, and rows in the innermost. */
export function defineRecordingContainer(
  options: { readonly nested?: boolean | number; readonly name?: string } = {},
): RecordingContainer {
  const apply = (entry: string, path: string, value: string | undefined): void => {
    container.onApply?.(entry);
    container.log.push(entry);
    if (value === undefined) container.outside.delete(path);
    else container.outside.set(path, value);
  };
  const rows = (outer: string): TargetHandler<string, string, string, Action> => ({
    reconcile(change) {
      container.changes.push(change);
      const { desired, key, mayBeMissing, previous } = change;
      const action = { path: `${outer}/${key}`, value: desired };
      if (desired === undefined) return { action, tracking: undefined };
      return !mayBeMissing && isDeepStrictEqual(previous, [desired]) ? undefined : { action, tracking: desired };
    },
    apply: (actions) => {
      for (const { path, value } of actions) apply(`${value === undefined ? "remove" : "write"} ${path}`, path, value);
    },
  });
  const containers = (
    outer: string,
    numNested: number,
  ): ContainerHandler<string, string, string, Action, string, string> => ({
    reconcile: ({ desired, key }) => ({ action: { path: `${outer}${key}`, value: desired }, tracking: desired }),
    apply: (actions) =>
      actions.map(({ path, value }) => {
        apply(`${value === undefined ? "remove" : "make"} ${path}`, path, value);
        return value === undefined ? "kept" : container.become(path);
      }),
    child({ desired, key }) {
      if (desired === undefined && !container.hasChildWhenGone) return undefined;
      return (numNested > 0 ? containers(`${outer}${key}/`, numNested - 1) : rows(`${outer}${key}`)) as TargetHandler<
        string,
        string
      >;
    },
  });
  const name = options.name ?? `test/recording-container-${nextNumber++}`;
  const container: RecordingContainer = {
    kind: defineContainer(name, containers("", Number(options.nested ?? 0))) as ContainerKind<
      StableKey & string,
      string,
      string,
      string
    >,
    log: [],
    outside: new Map(),
    changes: [],
    become: () => "kept",
    onApply: undefined,
    hasChildWhenGone: true,
  };
  return container;
}
