import { existsSync } from "node:fs";
import { join } from "node:path";
import { PAGES } from "./places.ts";

// Printed by `npm start` once everything is indexed.
const readme = join(PAGES, "README.html");

console.log(`Everything is indexed. What to try next:

  npm run search -- "stats group"   search the documentation and the code
  npm start                         again, after an edit: only what has changed runs
  npm start -- --live               goes on: edit a file, and search for what you wrote

The pages are in ${PAGES}${existsSync(readme) ? `: open ${readme} in a browser` : ""}`);
