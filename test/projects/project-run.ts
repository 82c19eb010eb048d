import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { stateOf } from "../../lib/app/environment.ts";
import { Environment, type ComponentFailure, type UpdateStats } from "../../lib/index.ts";
import { expectSoundStore } from "../expect-sound-store.ts";
import { createProjectApp, type Code } from "./project-app.ts";

/** One run of an app of a project, in a new environment. */
export interface ProjectRun {
  readonly kind: "update" | "drop";
  /** The path by which the project is reached. */
  readonly base: string;
  /** The folder of target states outside of all projects. */
  readonly far: string;
  /** The name of the app. */
  readonly name: string;
  /** Keeps the outputs of the apps of one project apart. @default the name */
  readonly lane?: string;
  readonly code: Code;
  /** @default `.tidemark` in the project */
  readonly dbPath?: string;
  readonly root?: string;
  readonly adopt?: boolean;
  readonly isFull?: boolean;
  /** Aborts the run after so many turns of the event loop. */
  readonly abortAfter?: number | undefined;
}

/** How a run ended. */
export interface ProjectRunEnd {
  /** The error that it failed with. */
  readonly error: Error | undefined;
  readonly isAborted: boolean;
  /** The sources whose components were executed. */
  readonly executed: ReadonlySet<string>;
  readonly failures: readonly ComponentFailure[];
  readonly total: UpdateStats["total"] | undefined;
  readonly notices: readonly string[];
}

/** Opens an environment, runs the app once, and closes the environment. */
export async function runProject(run: ProjectRun): Promise<ProjectRunEnd> {
  const { abortAfter, adopt = false, base, far, isFull = false, kind, name, root } = run;
  const dbPath = run.dbPath ?? join(base, ".tidemark");
  await using environment = new Environment({ dbPath, ...(root === undefined ? {} : { root }) });
  const notices: string[] = [];
  stateOf(environment).noticeLog = ({ code, message }) => void (code === "TARGET_MOVED" && notices.push(message));
  const executed = new Set<string>();
  const app = createProjectApp(name, environment, { base, far, lane: run.lane ?? name, code: run.code, executed });
  const stop = new AbortController();
  const { signal } = stop;
  const handle = kind === "drop" ? app.drop({ adopt, signal }) : app.update({ adopt, fullReprocess: isFull, signal });
  const result = handle.result().then(
    () => undefined,
    (thrown: unknown) => thrown as Error,
  );
  if (abortAfter !== undefined) void abortLater(stop, abortAfter);
  const error = await result;
  const isAborted = error !== undefined && error === signal.reason;
  await expectSoundStore(await stateOf(environment).store());
  return { error, isAborted, executed, failures: handle.failures(), total: handle.stats()?.total, notices };
}

async function abortLater(stop: AbortController, turns: number): Promise<void> {
  for (let turn = 0; turn <= turns; turn++) await setImmediate();
  stop.abort(new Error("abandoned"));
}
