import { closeSync, mkdirSync, openSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mountDirTarget, walkDir, type DirTarget, type File } from "../../../lib/connectors/localfs/index.ts";
import { mountTableTarget } from "../../../lib/connectors/sqlite/index.ts";
import { App, Environment, fn, mountEach } from "../../../lib/index.ts";

// Makes a site of a folder, first while few file descriptors are free, then while none is, then while all are. Prints the errors.
const folder = process.argv[2]!;
const docs = join(folder, "docs");
const taken: number[] = [];

/** Takes all descriptors but so many. */
function leave(numFree: number): void {
  try {
    for (;;) taken.push(openSync("/dev/null", "r"));
  } catch {
    for (const descriptor of taken.splice(-numFree, numFree)) closeSync(descriptor);
  }
}

function writeDocs(version: string): void {
  for (let index = 0; index < 2000; index++) {
    mkdirSync(join(docs, String(index % 20)), { recursive: true });
    // Every tenth is so long that it is read in the background, with others.
    const content = `${version} ${index}`.padEnd(index % 10 === 0 ? 70_000 : 10);
    writeFileSync(join(docs, String(index % 20), `${index}.md`), content);
  }
}

const render = fn({ memo: true }, async function render(file: File, out: DirTarget) {
  const text = await file.text();
  out.declareFile(file.path, text.trim());
});

await using environment = new Environment({ dbPath: join(folder, "state"), onException: () => undefined });
const app = new App({ name: "site", environment }, async function main() {
  const out = await mountDirTarget(join(folder, "site"));
  await mountEach(render, walkDir(docs).items(), out);
});
const rows = new App({ name: "rows", environment }, async function main() {
  const columns = { id: "integer" } as const;
  await mountTableTarget(join(folder, "rows.db"), { table: "rows", columns, primaryKey: "id" });
});

/** Runs an app; gives the errors without their paths. */
async function run(each: App<[], void> = app): Promise<readonly string[]> {
  const update = each.update();
  const failed = await update.then(
    () => [],
    (error: unknown) => [error],
  );
  const errors = [...failed, ...update.failures().map(({ error }) => error)] as { code?: string; message: string }[];
  return errors.map(({ code, message }) => `${code} ${message.slice(message.lastIndexOf(": ") + 2)}`);
}

writeDocs("first");
await app.update();
writeDocs("second");
leave(6);
const scarce = await run();
writeDocs("third");
rmSync(join(docs, "0/0.md"));
leave(0);
const none = [...(await run()), ...(await run(rows))];
for (const descriptor of taken.splice(0)) closeSync(descriptor);
const all = await run();
console.log(
  JSON.stringify({ scarce, none, all, numPages: readdirSync(join(folder, "site"), { recursive: true }).length }),
);
