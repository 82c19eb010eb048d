import { execFileSync } from "node:child_process";
import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { walkDir, type File } from "../../../lib/connectors/localfs/index.ts";
import { memoState } from "../../../lib/engine/memo/memoizable.ts";
import { App, Environment, fn, mountEach } from "../../../lib/index.ts";
import { stateAfter } from "./file-subject.ts";
import { collect, failureOf, findFile } from "./test-tree.ts";

// Lists a file, puts something else in its place, and reads it in every way. Prints the errors, and ends by itself.
const [folder, kind] = process.argv.slice(2) as [string, string];
const path = join(folder, "docs/a.md");

/** Puts something else in the place of the file. */
async function replace(): Promise<AsyncDisposable> {
  rmSync(path);
  const server = createServer();
  if (kind === "a FIFO") execFileSync("mkfifo", [path]);
  else if (kind === "a character device") symlinkSync("/dev/zero", path);
  else await new Promise<void>((resolve) => server.listen(path, resolve));
  return server;
}

/** The error messages of a run that finds the file, and reads it when it has been replaced. */
async function failuresOfRun(): Promise<readonly string[]> {
  await using environment = new Environment({ dbPath: join(folder, "state"), onException: () => undefined });
  const read = fn(async function read(file: File) {
    await using _ = await replace();
    await file.text();
  });
  const app = new App({ name: "reader", environment }, async function main() {
    await mountEach(read, walkDir(join(folder, "docs")).items());
  });
  const update = app.update();
  await update;
  return update.failures().map(({ error }) => (error as Error).message);
}

writeFileSync(path, "content");
const messages: string[] = [...(await failuresOfRun())];
rmSync(path, { force: true });
writeFileSync(path, "content");
const state = await stateAfter(await findFile(join(folder, "docs"), "a.md"), (file) => file.text());
const file = await findFile(join(folder, "docs"), "a.md");
await using _ = await replace();
for (const read of [() => file.text(), () => file.bytes(), () => collect(file.stream())]) {
  messages.push((await failureOf(read())).message);
}
// One that does not vouch for the version, so that the content is asked for.
const former = (state as unknown[]).with(0, "1");
const { isValid } = await file[memoState]!(former);
console.log(JSON.stringify({ messages, isValid }));
