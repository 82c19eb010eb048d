import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";
import { BUILD_VARIABLE } from "./build.ts";

// Preloaded by `--import`. Makes `tidemark` and its entry points those of another checkout, whose folder an environment variable names.
const folder = process.env[BUILD_VARIABLE];
if (folder === undefined) throw new Error(`Cannot use another build: ${BUILD_VARIABLE} is not set`);

/** A package finds itself by its own name: any file of the checkout will do as the importer. */
const parentURL = pathToFileURL(`${folder}/package.json`).href;

registerHooks({
  resolve: (specifier, context, nextResolve) =>
    /^tidemark(?:\/|$)/.test(specifier)
      ? nextResolve(specifier, { ...context, parentURL })
      : nextResolve(specifier, context),
});
