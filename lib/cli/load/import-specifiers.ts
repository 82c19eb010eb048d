import { readFileSync } from "node:fs";

const SPECIFIER = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*["']([^"'\n]+)["']/g;

/** The modules that a file imports, as it writes them; none for a file that cannot be read. */
export function listSpecifiers(path: string): readonly string[] {
  try {
    return specifiersIn(readFileSync(path, "utf8"));
  } catch {
    return [];
  }
}

/** The modules that a source text imports, as it writes them. */
export function specifiersIn(source: string): readonly string[] {
  return [...source.matchAll(SPECIFIER)].map(([, specifier = ""]) => specifier);
}
