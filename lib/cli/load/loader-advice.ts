import { fileURLToPath } from "node:url";
import { suggestExtension } from "./missing-module.ts";

/** The remedy for an error of Node while it loads modules; `undefined` for an error that needs none. */
export function adviseOnLoading(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ERR_UNSUPPORTED_DIR_IMPORT") return adviseOnFolder(error as Error & { readonly url?: string });
  return ADVICE.find(({ is }) => (typeof is === "string" ? is === code : is.test(error.message)))?.advice;
}

function adviseOnFolder({ url }: { readonly url?: string }): string {
  const suggestion = url === undefined ? "" : suggestExtension(fileURLToPath(url));
  return `Node imports files, not folders: name the file, such as "./folder/index.ts".${suggestion}`;
}

/** By the code of the error, or by its message. */
const ADVICE: readonly { readonly is: string | RegExp; readonly advice: string }[] = [
  {
    is: "ERR_IMPORT_ATTRIBUTE_MISSING",
    advice: 'Node imports JSON only with an attribute: import data from "./data.json" with { type: "json" };',
  },
  {
    is: "ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING",
    advice:
      "Node runs no TypeScript below node_modules: the package has to be built to JavaScript. A package of your own workspace is\n" +
      "fine as a link to its folder, which is how npm installs workspaces.",
  },
  {
    is: "ERR_UNKNOWN_FILE_EXTENSION",
    advice:
      "Node runs .ts, .mts, .cts and JavaScript. It does not run JSX (.tsx, .jsx): move what the app needs to a .ts file. Styles and\n" +
      "other files are for bundlers: read such a file with node:fs, or leave its import out.",
  },
  {
    is: "ERR_PACKAGE_PATH_NOT_EXPORTED",
    advice: 'The package offers only the paths that "exports" of its package.json names: import one of those.',
  },
  {
    is: "ERR_PACKAGE_IMPORT_NOT_DEFINED",
    advice: 'Add the name to "imports" of that package.json, such as "imports": { "#lib/*": "./lib/*" }.',
  },
  {
    is: "ERR_UNKNOWN_BUILTIN_MODULE",
    advice: `Node ${process.versions.node} has no such module: look for its name, or use a newer Node.`,
  },
  {
    is: "ERR_UNSUPPORTED_ESM_URL_SCHEME",
    advice: "Node imports files and packages: install the package, or copy the file.",
  },
  {
    is: "ERR_REQUIRE_ASYNC_MODULE",
    advice: "A module with `await` outside any function cannot be loaded with `require`: import it.",
  },
  {
    is: /^(?:require|module|exports) is not defined/,
    advice:
      'The file is an ES module, which imports and exports: import { readFileSync } from "node:fs"; export const app = …;\n' +
      'For a package that can only be required: import { createRequire } from "node:module"; or name the file .cts.',
  },
  {
    is: /^__(?:dirname|filename) is not defined/,
    advice: "The file is an ES module: write import.meta.dirname or import.meta.filename.",
  },
  {
    is: /^Cannot access '[^']+' before initialization/,
    advice:
      "A circular import is the usual cause: two modules import each other, and the first to run finds the other unfinished. Move what\n" +
      "both need to a third module, or use the import only inside a function.",
  },
];
