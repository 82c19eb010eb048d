/** Loads `node:sqlite` without the warning that some versions of Node print for it; other warnings are not touched. */
export function loadSqlite(): typeof import("node:sqlite") {
  const { emitWarning } = process;
  const isForSqlite = (warning: unknown, kind: unknown) =>
    kind === "ExperimentalWarning" && String(warning).startsWith("SQLite is");
  process.emitWarning = (...args: unknown[]) => {
    if (!isForSqlite(args[0], args[1])) Reflect.apply(emitWarning, process, args);
  };
  try {
    // Synchronous, so that nobody else's warning can fall between.
    return process.getBuiltinModule("node:sqlite");
  } finally {
    process.emitWarning = emitWarning;
  }
}
