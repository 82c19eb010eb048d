import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { findSections, type Hit } from "./find-sections.ts";
import { DATABASE } from "./places.ts";

// Usage: search.ts WORDS… Ends with 0 when something was found, 1 when nothing was, 2 when it could not be searched, as grep does.
const MAX_HITS = 10;

process.exitCode = search(process.argv.slice(2).join(" "));

function search(words: string): number {
  if (words.trim() === "") return complain('Say what to look for: npm run search -- "words"');
  if (!existsSync(DATABASE)) return complain(`There is no index in ${DATABASE} yet: run npm start first`);
  try {
    return print(find(words), words);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return complain(`Cannot search in ${DATABASE}: ${reason}; delete it and run npm start`);
  }
}

function find(words: string): readonly Hit[] {
  const db = new DatabaseSync(DATABASE, { readOnly: true });
  try {
    // A live run may be closing the file at this moment, and nobody can read it then.
    db.exec("PRAGMA busy_timeout = 5000");
    return findSections(db, words, MAX_HITS);
  } finally {
    db.close();
  }
}

function print(hits: readonly Hit[], words: string): number {
  console.log(hits.length === 0 ? `Nothing has all of: ${words}` : hits.map(renderHit).join("\n\n"));
  return hits.length === 0 ? 1 : 0;
}

function renderHit({ path, line, title, snippet }: Hit, index: number): string {
  const heading = `${String(index + 1).padStart(2)}. ${title || path}`;
  return [heading, `    ${path}:${line}`, ...(snippet === "" ? [] : [`    ${snippet}`])].join("\n");
}

function complain(message: string): number {
  console.error(message);
  return 2;
}
