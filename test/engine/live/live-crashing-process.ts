import { readFileSync, writeFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { App, Environment, fn, LiveMap, mount, mountEach } from "../../../lib/index.ts";
import { mountDirTarget, type DirTarget } from "../../../lib/connectors/localfs/index.ts";
import { LmdbStore } from "../../../lib/state/lmdb-store.ts";
import { LiveWatch } from "./live-watch.ts";

// Follows a map live while it changes, and dies at the given write of the store. The file `source` always holds what the map does.
const [dbPath, folder, source, fatalStep, seedText] = process.argv.slice(2) as [string, string, string, string, string];
const entries = JSON.parse(readFileSync(source, "utf8")) as Record<string, string>;
const map = new LiveMap<string, string>(Object.entries(entries));
let seed = Number(seedText);
let step = 0;

// oxlint-disable-next-line typescript/unbound-method -- bound when it is called
const { write } = LmdbStore.prototype;
LmdbStore.prototype.write = async function writeWithSteps(changes) {
  step += 1;
  if (step === Number(fatalStep)) process.kill(process.pid, "SIGKILL");
  await Reflect.apply(write, this, [changes]);
};

const part = fn({ memo: true }, function part(text: string, out: DirTarget) {
  const [name, ...words] = text.split(" ");
  out.declareFile(`parts/${name!}.txt`, words.join(" "));
});

const page = fn({ memo: true }, async function page(text: string, out: DirTarget) {
  out.declareFile(`${text.split(" ")[0]!}.txt`, text);
  if (text.includes("long")) await mount("part", part, text, out);
});

const app = new App({ name: "crashing", environment: new Environment({ dbPath }) }, async function main() {
  await mountEach(page, map, await mountDirTarget(folder));
});

const handle = app.update({ live: true });
const watch = new LiveWatch(handle);
const numChanges = Number(fatalStep) < 0 ? 0 : 40;
for (let count = 0; count < numChanges; count++) {
  change();
  for (let turn = next(5); turn > 0; turn--) await setImmediate();
}
await watch.untilReady();
await handle.stop();
await watch.ended;
console.log(`steps ${step}`);
await app.environment.close();

function change(): void {
  const key = `k${next(6)}`;
  const value = next(4) === 0 ? undefined : `${key} ${next(2) === 0 ? "long" : "short"} ${next(100)}`;
  if (value === undefined) delete entries[key];
  else entries[key] = value;
  writeFileSync(source, JSON.stringify(entries));
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}

function next(limit: number): number {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
  return (seed >>> 8) % limit;
}
