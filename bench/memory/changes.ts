import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { App, Environment, fn, LiveMap, mountEach, statsGroup } from "tidemark";
import { mountDirTarget, walkDir, type DirTarget, type File } from "tidemark/localfs";
import { sampleSteps } from "./sample.ts";

// Usage: changes.ts FOLDER CHANGES. Makes live changes of a map and of files, and prints samples of the memory.
const [folder, numChanges] = process.argv.slice(2) as [string, string];
const source = join(folder, "source");
mkdirSync(source);

/** The items of a step in the map, and as many files. Each is created, changed, renamed and deleted. */
const ITEMS = 10;
const CHANGES_PER_STEP = ITEMS * 2 * 4;

interface Entry {
  readonly name: string;
  readonly text: string;
}

const map = new LiveMap<string, Entry>();
const entry = fn({ memo: true }, function entry({ name, text }: Entry, out: DirTarget) {
  if (text === "broken") throw new Error(`${name} is broken`);
  out.declareFile(`entries/${name}`, text);
});
const copy = fn({ memo: true }, async function copy(file: File, out: DirTarget) {
  out.declareFile(`files/${file.path}`, await file.text());
});

await using environment = new Environment({ dbPath: join(folder, "store"), onException: () => {} });
const app = new App({ name: "memory", environment }, async function main() {
  const out = await mountDirTarget(join(folder, "output"));
  await statsGroup("Entries", () => mountEach(entry, map, out));
  await statsGroup("Files", () => mountEach(copy, walkDir(source, { live: true }).items(), out));
});
const handle = app.update({ live: true });
await caughtUp(() => true);
const samples = await sampleSteps(Math.floor(Number(numChanges) / CHANGES_PER_STEP), async (step) => {
  const names = Array.from({ length: ITEMS }, (_, index) => `${step}-${index}`);
  const renamed = names.map((name) => `${name}-renamed`);
  for (const name of names) save(name, "new");
  // A failure in each step: its components are retried by the next change.
  map.set("failing", { name: `${step}`, text: "broken" });
  await caughtUp(() => names.every((name) => isApplied(name, "new")));
  for (const name of names) save(name, "changed");
  await caughtUp(() => names.every((name) => isApplied(name, "changed")));
  for (const [index, name] of names.entries()) rename(name, renamed[index]!);
  await caughtUp(() => renamed.every((name) => isApplied(name, "changed")) && names.every(isGone));
  for (const name of renamed) remove(name);
  await caughtUp(() => renamed.every(isGone));
});
await handle.stop();
console.log(JSON.stringify(samples.map((sample) => ({ ...sample, step: sample.step * CHANGES_PER_STEP }))));

function save(name: string, text: string): void {
  map.set(name, { name, text });
  writeFileSync(join(source, name), text);
}

function rename(name: string, newName: string): void {
  const { text } = map.get(name)!;
  map.delete(name);
  map.set(newName, { name: newName, text });
  renameSync(join(source, name), join(source, newName));
}

function remove(name: string): void {
  map.delete(name);
  rmSync(join(source, name));
}

function targetsOf(name: string): readonly string[] {
  return [join(folder, "output/entries", name), join(folder, "output/files", name)];
}

function isApplied(name: string, text: string): boolean {
  return targetsOf(name).every((path) => existsSync(path) && readFileSync(path, "utf8") === text);
}

function isGone(name: string): boolean {
  return !targetsOf(name).some((path) => existsSync(path));
}

async function caughtUp(isDone: () => boolean): Promise<void> {
  for await (const { status } of handle.watch()) if (status === "ready" && isDone()) return;
}
