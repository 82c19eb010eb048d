import {
  defineContainer,
  defineTarget,
  type ContainerKind,
  type TargetHandler,
  type TargetProvider,
} from "../../../lib/index.ts";

/** Targets in one file system in memory. */
export interface FileSystemTargets {
  /** Everything there is, folders with a "/" at the end. */
  readonly outside: Set<string>;
  /** The paths that cannot be touched. */
  readonly failing: Set<string>;
  /** Files by place. */
  readonly placed: TargetProvider<string, number>;
  /** Things that are not keyed by place. */
  readonly server: TargetProvider<string, number>;
  /** Folders by place. */
  readonly folders: ContainerKind<string, number, string, number>;
}

/** Defines targets that keep their states in memory, with names that begin with `name`. */
export function defineFileSystem(name: string): FileSystemTargets {
  const outside = new Set<string>();
  const failing = new Set<string>();
  const apply = (actions: readonly string[]): void => {
    for (const action of actions) {
      const path = action.slice(1);
      if (failing.has(path)) throw new Error(`cannot touch ${path}`);
      if (action.startsWith("-")) outside.delete(path);
      else outside.add(path);
    }
  };
  const files = (folder: string): TargetHandler<string, number, number, string> => ({
    reconcile({ desired, key, mayBeMissing, previous }) {
      if (desired === undefined) return { action: `-${folder}${key}`, tracking: undefined };
      return !mayBeMissing && previous.length > 0 ? undefined : { action: `+${folder}${key}`, tracking: 1 };
    },
    apply,
  });
  return {
    outside,
    failing,
    placed: defineTarget(`${name}/placed`, { ...files(""), keyedBy: "place" }),
    server: defineTarget(`${name}/server`, files("server:")),
    folders: defineContainer<string, number, number, string, string, number>(`${name}/folder`, {
      keyedBy: "place",
      reconcile: ({ desired, key }) => ({
        action: `${desired === undefined ? "-" : "+"}${key}/`,
        tracking: desired === undefined ? undefined : 1,
      }),
      apply(actions) {
        apply(actions);
        return actions.map(() => "kept" as const);
      },
      child: ({ key }) => files(`${key}/`),
    }),
  };
}
