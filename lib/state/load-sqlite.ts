import type * as Sqlite from "node:sqlite";

/** Loads `node:sqlite` without the warning that some versions of Node print for it; other warnings are not touched. */
export function loadSqlite(): typeof Sqlite {
  const emitWarning = Reflect.get(process, "emitWarning");
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

function isForSqlite(warning: unknown, kind: unknown): boolean {
  return kind === "ExperimentalWarning" && String(warning).startsWith("SQLite is");
}
