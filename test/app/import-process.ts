// Imports the package and prints the modules that this has loaded, as JSON.
import { registerHooks } from "node:module";

const urls: string[] = [];
registerHooks({
  load(url, context, next) {
    urls.push(url);
    return next(url, context);
  },
});
await import("../../lib/index.ts");
process.stdout.write(JSON.stringify(urls));
