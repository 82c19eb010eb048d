import { App, declareTargetState, fn, type UpdateSnapshot } from "../../lib/index.ts";
import { defineRecordingTarget, type RecordingTarget } from "../engine/targets/recording-target.ts";
import { createTestEnvironment, type TestEnvironment } from "../test-environment.ts";

/** What the tests of the specification run: apps whose main function is given, in an environment of their own. */
export interface Pipeline extends AsyncDisposable {
  readonly test: TestEnvironment;
  readonly target: RecordingTarget<string>;
  /** `processSlowly` ends when it opens. */
  readonly gate: PromiseWithResolvers<void>;
  readonly processDoc: (text: string) => void;
  /** Declares a target state. */
  readonly processCode: (text: string) => void;
  readonly processSlowly: () => Promise<void>;
  readonly createApp: <R>(main: () => R) => App<never[], R>;
}

export async function createPipeline(): Promise<Pipeline> {
  const test = await createTestEnvironment();
  const target = defineRecordingTarget();
  const gate = Promise.withResolvers<void>();
  return {
    test,
    target,
    gate,
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
    [Symbol.asyncDispose]: () => test[Symbol.asyncDispose](),
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

/** Runs `action` with standard output collected instead of printed. */
export async function collectStdout(action: () => Promise<unknown>): Promise<string> {
  const write = process.stdout.write.bind(process.stdout);
  let text = "";
  process.stdout.write = (chunk: string | Uint8Array) => {
    text += String(chunk);
    return true;
  };
  try {
    await action();
  } finally {
    process.stdout.write = write;
  }
  return text;
}
