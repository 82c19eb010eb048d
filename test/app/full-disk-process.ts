import { execFileSync } from "node:child_process";
import { closeSync, openSync, rmSync, statSync, truncateSync, writeSync } from "node:fs";
import { join } from "node:path";
import { App, Environment, fn, LiveMap, mount, mountEach, useMount, type UpdateHandle } from "../../lib/index.ts";

// Runs one scenario with a store that has no room for a part of it, prints the outcome of each step, and `closed` at the end.
const [scenario, folder, limit, handlers] = process.argv.slice(2) as [string, string, string, string];
if (handlers === "handlers") {
  process.on("unhandledRejection", (reason) => console.log(`unhandled ${String(reason)}`));
  process.on("uncaughtException", (error) => console.log(`uncaught ${String(error)}`));
}

const store = join(folder, "full", "store");
const filler = join(folder, "full", "filler");
const environment = new Environment({ dbPath: store, onException: () => {} });
const elsewhere = new Environment({ dbPath: join(folder, "elsewhere") });
const many = Array.from({ length: 2000 }, (_, index) => `text ${index} ${"x".repeat(200)}`);
let texts: readonly string[] = ["first"];

const doc = fn({ memo: true }, async function doc(text: string) {
  return text;
});

const app = new App({ name: "app", environment }, () =>
  mountEach(
    doc,
    texts.map((text) => [text, text] as const),
  ),
);
const neighbour = new App({ name: "neighbour", environment: elsewhere }, () => mount(doc, "neighbour"));

/** Takes the room away, except for a few pages. */
function fill(): void {
  if (limit === "fsize") return setFileLimit(String(sizeOf(join(store, "data.mdb")) + 16 * 1024));
  const file = openSync(filler, "w");
  try {
    for (;;) writeSync(file, Buffer.alloc(4096));
  } catch {
    closeSync(file);
  }
}

function free(): void {
  if (limit === "fsize") setFileLimit("unlimited");
  else rmSync(filler);
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function setFileLimit(bytes: string): void {
  execFileSync("prlimit", ["--pid", String(process.pid), `--fsize=${bytes}:`]);
}

async function report(step: string, start: () => UpdateHandle<unknown>): Promise<void> {
  const handle = start();
  try {
    await handle.result();
    const { numAdds, numUnchanged } = handle.stats()!.total;
    console.log(`${step}: ${numAdds} added, ${numUnchanged} unchanged`);
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    console.log(`${step}: ${code} ${message}`);
  }
}

const SCENARIOS: Record<string, () => Promise<void>> = {
  async update() {
    const update = (): UpdateHandle<unknown> => app.update();
    await report("neighbour", () => neighbour.update());
    await report("with room", update);
    texts = many;
    fill();
    await report("full", update);
    await report("neighbour", () => neighbour.update());
    await report("still full", update);
    free();
    await report("room again", update);
    await report("and again", update);
  },
  async live() {
    const source = new LiveMap<string, string>();
    const live = new App({ name: "live", environment }, () => mountEach(doc, source));
    const handle = live.update({ live: true });
    const ended = report("full", () => handle);
    for await (const { status } of handle.watch()) if (status === "ready") break;
    fill();
    for (const text of many) source.set(text, text);
    await ended;
    free();
    await report("room again", () => live.update());
  },
  async memo() {
    let size = 10;
    const large = fn({ memo: true }, function large(bytes: number) {
      return Buffer.alloc(bytes, 1);
    });
    const memos = new App({ name: "memos", environment }, () => useMount(large, size));
    await report("with room", () => memos.update());
    fill();
    size = 10_000_000;
    await report("full", () => memos.update());
    size = 20;
    await report("smaller", () => memos.update());
  },
  async history() {
    await report("with room", () => app.update());
    fill();
    for (let round = 0; round < 60; round += 1) await report("full", () => app.update());
  },
  async closing() {
    await report("with room", () => app.update());
    texts = many;
    fill();
    const failing = report("full", () => app.update());
    await environment.close();
    await failing;
  },
  async opening() {
    fill();
    await report("full", () => app.update());
    free();
    await report("room again", () => app.update());
  },
  async cut() {
    await report("with room", () => app.update());
    texts = many;
    fill();
    await report("full", () => app.update());
    truncateSync(join(store, "data.mdb"), 8192);
    await report("cut", () => app.update());
    free();
    await report("room again", () => app.update());
    await environment.close();
    await using next = new Environment({ dbPath: store });
    await report("next", () => new App({ name: "app", environment: next }, () => undefined).update());
  },
};

await SCENARIOS[scenario]!();
await environment.close();
await elsewhere.close();
console.log("closed");
