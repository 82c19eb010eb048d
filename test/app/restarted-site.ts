import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stateOf } from "../../lib/app/environment.ts";
import {
  mountDirTarget,
  walkDir,
  type DirTarget,
  type DirTargetOptions,
  type File,
} from "../../lib/connectors/localfs/index.ts";
import { App, fn, mountEach, type UpdateStats } from "../../lib/index.ts";
import type { Notice } from "../../lib/progress/notices.ts";
import { createTempFolder } from "../temp-folder.ts";
import { createTestEnvironment, type TestEnvironment } from "../test-environment.ts";

const copy = fn({ memo: true }, async function copy(file: File, out: DirTarget) {
  out.declareFile(file.path, await file.text());
});

const copyAll = fn(async function copyAll(from: string, to: string, options: DirTargetOptions) {
  const out = await mountDirTarget(to, options);
  await mountEach(copy, walkDir(from).items(), out);
});

/** An environment on a machine that can be restarted. */
export interface Machine {
  readonly notices: readonly Notice[];
  /** Starts the machine again. */
  restart(): void;
}

/** Puts an environment on a machine of its own. */
export function onMachine({ environment }: Pick<TestEnvironment, "environment">): Machine {
  const notices: Notice[] = [];
  let boot = 1;
  const state = stateOf(environment);
  state.readBootId = async () => `boot ${boot}`;
  state.noticeLog = (notice) => void notices.push(notice);
  return { notices, restart: () => void boot++ };
}

/** A pipeline that copies the files in the folder `in` to the folder `out`, on a machine of its own. */
export interface Site extends Machine, AsyncDisposable {
  path(name: string): string;
  /** Writes files into `in`. */
  write(files: Readonly<Record<string, string>>): void;
  /** The files in `out`. */
  read(): Readonly<Record<string, string>>;
  /** Updates `out`, and returns the counts of its copies. */
  update(): Promise<UpdateStats["total"] | undefined>;
}

/** Creates a {@link Site}, whose target has these options. */
export async function createSite(options: DirTargetOptions = {}): Promise<Site> {
  const temp = await createTempFolder();
  const own = await createTestEnvironment();
  const path = (name: string): string => join(temp.path, name);
  mkdirSync(path("in"));
  const app = new App({ name: "site", environment: own.environment }, copyAll, path("in"), path("out"), options);
  return {
    ...onMachine(own),
    path,
    write(files) {
      for (const [name, content] of Object.entries(files)) writeFileSync(path(`in/${name}`), content);
    },
    read() {
      const names = readdirSync(path("out"));
      return Object.fromEntries(names.map((name) => [name, readFileSync(path(`out/${name}`), "utf8")]));
    },
    async update() {
      const handle = app.update();
      await handle;
      return handle.stats()?.byComponent["copy"];
    },
    async [Symbol.asyncDispose]() {
      await own[Symbol.asyncDispose]();
      await temp[Symbol.asyncDispose]();
    },
  };
}
