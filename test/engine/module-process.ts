import { App, Environment } from "../../lib/index.ts";

// Runs the main function of a module once; prints what the module says has run, and the counts.
const [modulePath, dbPath, argument] = process.argv.slice(2) as [string, string, string];
const { main, ran } = (await import(modulePath)) as { main: (argument: string) => unknown; ran: string[] };
await using environment = new Environment({ dbPath });
const handle = new App({ name: "edited", environment }, main, argument).update();
await handle;
console.log(JSON.stringify({ ran, total: handle.stats()?.total }));
