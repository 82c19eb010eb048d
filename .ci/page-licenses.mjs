import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** The file with the licences of all packages in the page, beside the script. */
export const LICENSES_FILE = "assets/third-party-licenses.txt";

const BANNER = "/*! Third-party software: see third-party-licenses.txt beside this file. */\n";

/** A Vite plugin: writes the licences of the bundled packages into {@link LICENSES_FILE}, and names the file in each script. */
export function pageLicenses() {
  return {
    name: "page-licenses",
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter(({ type }) => type === "chunk");
      // Styles are modules of the script that imports them.
      const folders = new Set(chunks.flatMap(({ moduleIds }) => moduleIds.flatMap(packageFolder)));
      const texts = [...folders].map(describePackage);
      this.emitFile({ type: "asset", fileName: LICENSES_FILE, source: texts.join(`\n${"-".repeat(80)}\n\n`) });
      for (const chunk of chunks) chunk.code = BANNER + chunk.code;
    },
  };
}

function packageFolder(id) {
  const path = id.replaceAll("\\", "/");
  return /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0] ?? [];
}

function describePackage(folder) {
  const { license, name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`Cannot build the live page: ${name} has no licence file`);
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
}
