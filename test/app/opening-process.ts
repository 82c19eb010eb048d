import { Environment } from "../../lib/index.ts";

// Opens the store in the folder it is given as a program does that uses Tidemark as a library, and prints the names of its apps.
await using environment = new Environment({ dbPath: process.argv[2]! });
console.log(JSON.stringify(await environment.apps()));
