import { isDeepStrictEqual } from "node:util";
import { defineTarget, type StableKey, type TargetChange, type TargetProvider } from "../../../lib/index.ts";

/** What the target was told to do. */
export interface RecordedAction<Value> {
  readonly kind: "write" | "remove";
  readonly key: StableKey;
  /** `undefined` for a removal. */
  readonly value: Value | undefined;
}

/** A target in memory that keeps what is outside and what it was told, and fails or waits on demand. */
export interface RecordingTarget<Value> {
  readonly provider: TargetProvider<StableKey, Value>;
  /** What is outside. */
  readonly outside: Map<StableKey, Value>;
  /** The actions that were applied, batch by batch. */
  readonly batches: RecordedAction<Value>[][];
  /** What `reconcile` was asked, without the root, which is the same for all. */
  readonly changes: Omit<TargetChange<StableKey, Value, Value>, "root">[];
  /** Called by `reconcile` before it decides. */
  onReconcile: ((change: TargetChange<StableKey, Value, Value>) => void) | undefined;
  /** Called by `apply` before it writes: what it throws fails the batch, what it returns is waited for. */
  onApply: ((actions: readonly RecordedAction<Value>[]) => void | Promise<void>) | undefined;
}

let nextNumber = 1;

/** Defines a target that is empty, and neither fails nor waits, at the beginning of each test of the surrounding `describe`. */
export function useRecordingTarget<Value = string>(): RecordingTarget<Value> {
  const target = defineRecordingTarget<Value>();
  beforeEach(() => {
    target.outside.clear();
    target.batches.length = 0;
    target.changes.length = 0;
    target.onApply = undefined;
    target.onReconcile = undefined;
  });
  return target;
}

/** Defines a target of its own; `name` where another process has to find it again. */
export function defineRecordingTarget<Value = string>(
  name: string = `test/recording-${nextNumber++}`,
): RecordingTarget<Value> {
  const provider = defineTarget<StableKey, Value, Value, RecordedAction<Value>>(name, {
    reconcile(change) {
      const { root: _root, ...recorded } = change;
      target.changes.push(recorded);
      target.onReconcile?.(change);
      const { desired, key, mayBeMissing, previous } = change;
      if (desired === undefined) return { action: { kind: "remove", key, value: undefined }, tracking: undefined };
      const isThere = previous.length > 0 && previous.every((state) => isDeepStrictEqual(state, desired));
      if (isThere && !mayBeMissing) return undefined;
      return { action: { kind: "write", key, value: desired }, tracking: desired };
    },
    async apply(actions) {
      await target.onApply?.(actions);
      target.batches.push([...actions]);
      for (const { key, value } of actions) {
        if (value === undefined) target.outside.delete(key);
        else target.outside.set(key, value);
      }
    },
  });
  const target: RecordingTarget<Value> = {
    provider,
    outside: new Map(),
    batches: [],
    changes: [],
    onReconcile: undefined,
    onApply: undefined,
  };
  return target;
}
