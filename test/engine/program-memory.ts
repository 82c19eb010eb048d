/** What is remembered of a component between runs. */
export interface Remembered {
  readonly path: string;
  readonly children: Map<string, Remembered>;
  /** The name in its parent's row. */
  rowName: string;
  /** The name it was last applied under; `undefined` if it has never come as far as that. */
  trackedName: string | undefined;
  memo: string | undefined;
  /** What it has outside. */
  target: { readonly value: string; readonly isSure: boolean } | undefined;
  hasFailedDelete: boolean;
}

/** Nothing is remembered yet. */
export function emptyMemory(): Remembered {
  return createRecord("", "");
}

/** What is outside for sure, and what may be, by path. */
export function targetsOf(record: Remembered): Map<string, NonNullable<Remembered["target"]>> {
  const own = record.target === undefined ? [] : [[record.path, record.target] as const];
  return new Map([...own, ...[...record.children.values()].flatMap((child) => [...targetsOf(child)])]);
}

/** A component that has just been mounted for the first time. */
export function createRecord(path: string, rowName: string): Remembered {
  const nothing = { trackedName: undefined, memo: undefined, target: undefined, hasFailedDelete: false };
  return { path, rowName, children: new Map(), ...nothing };
}
