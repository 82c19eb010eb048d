import { Environment } from "../../../lib/index.ts";
import { LmdbStore } from "../../../lib/state/lmdb-store.ts";
import { createCrashingApp, outside, type Layout } from "./crashing-app.ts";

// Updates the app once, in full if it is to be, and dies at the given step: before a write of the store, or around a change outside.
const [dbPath, root, layout, fatalStep, mode] = process.argv.slice(2) as [string, string, string, string, string];
let step = 0;
outside.root = root;
outside.step = () => {
  step += 1;
  if (step === Number(fatalStep)) process.kill(process.pid, "SIGKILL");
};

// oxlint-disable-next-line typescript/unbound-method -- bound when it is called
const { write } = LmdbStore.prototype;
LmdbStore.prototype.write = async function writeWithSteps(changes) {
  outside.step();
  await Reflect.apply(write, this, [changes]);
};

const environment = new Environment({ dbPath });
await createCrashingApp(environment, JSON.parse(layout) as Layout).update({ fullReprocess: mode === "full" });
console.log(`steps ${step}`);
await environment.close();
