import { once } from "node:events";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { createTempFolder } from "../temp-folder.ts";

const ROOT = resolve(import.meta.dirname, "../..");
/** The built command: the one that is shipped. */
export const CLI_FILE: string = join(ROOT, "dist/cli/main.js");

/** The exit code and the output of a finished command. */
export interface CliOutcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that is running. */
export interface RunningCli {
  readonly child: ChildProcess;
  /** The text on standard output so far. */
  readonly stdout: string;
  /** The text on standard error so far. */
  readonly stderr: string;
  /** Resolves once a condition on the output is true; rejects if the command ends before. */
  until(isTrue: () => boolean): Promise<void>;
  /** Resolves once standard error has had `part` in it, `times` times. */
  seen(part: string, times?: number): Promise<void>;
  readonly outcome: Promise<CliOutcome>;
}

/** A folder with app files that import this package by its name; commands run in it. */
export interface CliFolder extends AsyncDisposable {
  readonly path: string;
  write(name: string, content: string): Promise<void>;
  start(...args: readonly string[]): RunningCli;
  run(...args: readonly string[]): Promise<CliOutcome>;
}

/** Makes a folder with access to this package. `env` is added to the environment of its commands. */
export async function createCliFolder(env: Readonly<Record<string, string>> = {}): Promise<CliFolder> {
  const folder = await createTempFolder();
  const running = new Set<ChildProcess>();
  await mkdir(join(folder.path, "node_modules"));
  await symlink(ROOT, join(folder.path, "node_modules/tidemark"), "junction");
  const cliFolder: CliFolder = {
    path: folder.path,
    async write(name, content) {
      await mkdir(dirname(join(folder.path, name)), { recursive: true });
      await writeFile(join(folder.path, name), content);
    },
    start(...args) {
      const child = spawn(process.execPath, [CLI_FILE, ...args], {
        cwd: folder.path,
        env: { ...inheritedEnv(), ...env },
        stdio: ["ignore", "pipe", "pipe"],
      });
      running.add(child);
      child.once("close", () => running.delete(child));
      return follow(child);
    },
    run: (...args) => cliFolder.start(...args).outcome,
    async [Symbol.asyncDispose]() {
      for (const child of running) child.kill("SIGKILL");
      await folder[Symbol.asyncDispose]();
    },
  };
  await cliFolder.write("package.json", '{ "type": "module" }');
  return cliFolder;
}

/** Makes a folder with these files before each test of the surrounding `describe`, and removes it after the test. */
export function useCliFolder(files: Readonly<Record<string, string>> = {}): Omit<CliFolder, keyof AsyncDisposable> {
  let folder: CliFolder;
  beforeEach(async () => {
    folder = await createCliFolder();
    for (const [name, content] of Object.entries(files)) await folder.write(name, content);
  });
  afterEach(() => folder[Symbol.asyncDispose]());
  return {
    get path() {
      return folder.path;
    },
    write: (name, content) => folder.write(name, content),
    start: (...args) => folder.start(...args),
    run: (...args) => folder.run(...args),
  };
}

/** The environment of this process without the variables that change how a command behaves. */
export function inheritedEnv(): NodeJS.ProcessEnv {
  const { env } = process;
  const names = ["TIDEMARK_DB", "TIDEMARK_PROGRESS", "NODE_OPTIONS", "CI", "ACCESSIBLE", "NO_COLOR", "FORCE_COLOR"];
  const isKept = (name: string): boolean => !names.includes(name) && !name.startsWith("GITHUB_");
  return Object.fromEntries(Object.entries(env).filter(([name]) => isKept(name)));
}

function follow(child: ReturnType<typeof spawn>): RunningCli {
  let stdout = "";
  let stderr = "";
  let news = Promise.withResolvers<void>();
  let hasEnded = false;
  const tell = (): void => {
    news.resolve();
    news = Promise.withResolvers();
  };
  child.stdout!.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
    tell();
  });
  child.stderr!.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
    tell();
  });
  child.once("close", () => {
    hasEnded = true;
    tell();
  });
  const until = async (isTrue: () => boolean, what: string = "it"): Promise<void> => {
    while (!isTrue()) {
      if (hasEnded) throw new Error(`The command ended without printing ${what}:\n${stdout}\n${stderr}`);
      await news.promise;
    }
  };
  return {
    child,
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
    until: (isTrue) => until(isTrue),
    seen: (part, times = 1) => until(() => stderr.split(part).length > times, part),
    outcome: once(child, "close").then(([code]) => ({ code: code as number | null, stdout, stderr })),
  };
}
