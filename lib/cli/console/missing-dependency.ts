import { resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const MISSING_PACKAGE = /^Cannot find package '([^']+)' imported from ([^\n]+)/;
const OTHER_COPY = /[\\/]node_modules[\\/]tidemark[\\/]/;
/** Packages that the project installs itself, so that the whole program has one copy. */
const PEERS: readonly string[] = ["@opentelemetry/api"];

/** Describes a missing package that this one depends on, with the remedy; `undefined` for another error. */
export function describeMissingDependency(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const [, name, importer] = MISSING_PACKAGE.exec(error.message) ?? [];
  if (name === undefined || importer === undefined || !isOwn(importer)) return undefined;
  if (!PEERS.includes(name)) {
    return `tidemark needs the package "${name}", which is not installed: its installation is incomplete\nTry: npm install`;
  }
  return (
    `tidemark needs the package "${name}", which is not installed: it is a peer dependency, which your project has to have itself\n` +
    `Try: npm install ${name}`
  );
}

function isOwn(importer: string): boolean {
  const path = importer.startsWith("file:") ? fileURLToPath(importer) : importer;
  return path.startsWith(resolve(import.meta.dirname, "../..") + sep) || OTHER_COPY.test(path);
}
