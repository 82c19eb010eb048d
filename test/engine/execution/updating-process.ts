import { Environment } from "../../../lib/index.ts";
import { createTreeApp } from "../tree-app.ts";

// Updates the app once; says when the run begins, and how long it has taken.
const [dbPath, source, folder, database] = process.argv.slice(2) as [string, string, string, string];
await using environment = new Environment({ dbPath });
console.log("begins");
const begin = performance.now();
await createTreeApp(environment, { source, folder, database }).update();
console.log(String(performance.now() - begin));
