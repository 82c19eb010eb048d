import { App, declareTargetState, fn, type UpdateSnapshot } from "../../lib/index.ts";
import { useRecordingTarget, type RecordingTarget } from "../engine/targets/recording-target.ts";
import { useTestEnvironment, type TestEnvironment } from "../test-environment.ts";

/** The apps and component functions that the tests of the specification run, in an environment of their own. */
export interface Pipeline {
  readonly test: Omit<TestEnvironment, keyof AsyncDisposable>;
  readonly target: RecordingTarget<string>;
  /** Lets `processSlowly` end. */
  readonly openGate: () => void;
  readonly processDoc: (text: string) => void;
  /** Declares a target state. */
  readonly processCode: (text: string) => void;
  readonly processSlowly: () => Promise<void>;
  readonly createApp: <R>(main: () => R) => App<never[], R>;
}

/** Makes a pipeline that is new at the beginning of each test of the surrounding `describe`. */
export function usePipeline(): Pipeline {
  const test = useTestEnvironment();
  const target = useRecordingTarget();
  let gate: PromiseWithResolvers<void>;
  beforeEach(() => {
    gate = Promise.withResolvers();
  });
  return {
    test,
    target,
    openGate: () => gate.resolve(),
    processDoc: fn({ memo: true }, function processDoc(text: string) {
      if (text === "broken") throw new Error("broken");
    }),
    processCode: fn({ memo: true }, function processCode(text: string) {
      declareTargetState(target.provider, text, text);
    }),
    processSlowly: fn(async function processSlowly() {
      await gate.promise;
    }),
    createApp: (main) => new App({ name: "app", environment: test.environment }, fn({ name: "main" }, main)),
  };
}

/** Items whose keys are their values. */
export function pairs(...texts: readonly string[]): (readonly [string, string])[] {
  return texts.map((text) => [text, text] as const);
}

/** All snapshots of a new watcher, up to the end. */
export async function collect<R>(
  handle: { watch(): AsyncIterable<UpdateSnapshot<R>> },
  onSnapshot: (snapshot: UpdateSnapshot<R>) => void = () => {},
): Promise<UpdateSnapshot<R>[]> {
  const snapshots: UpdateSnapshot<R>[] = [];
  for await (const snapshot of handle.watch()) {
    snapshots.push(snapshot);
    onSnapshot(snapshot);
  }
  return snapshots;
}
