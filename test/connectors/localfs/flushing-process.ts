import { join } from "node:path";
import { mountDirTarget, type Durability } from "../../../lib/connectors/localfs/index.ts";
import { App, Environment, fn } from "../../../lib/index.ts";

/** Writes files in new folders below the folder that the first argument names, with the durability that the second one names. */
const [, , folder = "", durability = ""] = process.argv;

const main = fn(async function main(numFiles: number): Promise<void> {
  const out = await mountDirTarget(join(folder, "new/out"), { durability: durability as Durability });
  for (let index = 0; index < numFiles; index++) out.declareFile(`docs/${index}`, `content ${index}`);
});

await using environment = new Environment({ dbPath: join(folder, "store") });
await new App({ name: "flushing", environment }, main, 20).update();
await new App({ name: "flushing", environment }, main, 10).update();
