import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ProgramOptions } from "../program.ts";

/** The environment variable that names the checkout whose build a program uses. */
export const BUILD_VARIABLE = "TIDEMARK_BENCH_BUILD";

/** A build of Tidemark, in a checkout of its own. */
export interface Build {
  readonly name: string;
  /** The folder of the checkout, with `dist` and `node_modules`. */
  readonly folder: string;
}

/** Returns the options that make a program use `build`. */
export function useBuild({ folder }: Build): Required<Pick<ProgramOptions, "env" | "nodeOptions">> {
  if (!existsSync(join(folder, "dist/index.js"))) {
    throw new Error(`Cannot compare builds: there is none in ${folder}; run \`npm run build\` there`);
  }
  return {
    env: { [BUILD_VARIABLE]: folder },
    nodeOptions: ["--import", new URL("use-build.ts", import.meta.url).href],
  };
}
