/** A pipeline whose components print in all ways that there are: each number from 0 to 119 exactly once. It stands still while "hold" is there. */
export const PRINTING: string = `
  import { spawn, execFile } from "node:child_process";
  import { once } from "node:events";
  import { existsSync, writeFileSync } from "node:fs";
  import { setTimeout } from "node:timers/promises";
  import { App, componentSubpath, fn, mountEach, statsGroup } from "tidemark";

  const still = new Int32Array(new SharedArrayBuffer(4));
  const work = fn(async function work(n: number) {
    if (existsSync("hold")) writeFileSync("held", "");
    while (existsSync("hold")) Atomics.wait(still, 0, 0, 10);
    const line = "line " + n + ".";
    if (n % 6 === 0) console.log(line);
    if (n % 6 === 1) console.error(line);
    if (n % 6 === 2) { process.stdout.write(line.slice(0, 4)); process.stdout.write(line.slice(4)); process.stdout.write("\\n"); }
    if (n % 6 === 3) process.stdout.write(Buffer.from(line + " äöü 古\\n"));
    if (n % 6 === 4) await once(spawn("sh", ["-c", "echo " + line], { stdio: ["ignore", "inherit", "inherit"] }), "close");
    if (n % 6 === 5) execFile("echo", [line]).stdout!.pipe(process.stdout, { end: false });
    await setTimeout(40);
  });
  const items = (from: number) => Array.from({ length: 60 }, (_, index) => [from + index, from + index] as const);
  const main = fn(async function main() {
    writeFileSync("pid", String(process.pid));
    await statsGroup("First", { reportToStdout: 50 }, () => mountEach(componentSubpath("first"), work, items(0)));
    await statsGroup("Second", { reportToStdout: 50 }, () => mountEach(componentSubpath("second"), work, items(60)));
  });
  export const app = new App({ name: "printing", maxInflightComponents: 2 }, main);
`;

/** A program that shows the progress of a run which never ends, and leaves signals as they are. */
export const ENDLESS: string = `
  import { writeFileSync } from "node:fs";
  import { setTimeout } from "node:timers/promises";
  import { App, fn, mount } from "tidemark";
  const wait = fn(async function wait() {
    console.log("printed before");
    await setTimeout(600_000);
  });
  const app = new App("endless", fn(async function main() { await mount(wait); }));
  writeFileSync("pid", String(process.pid));
  // HOOK
  await app.update({ reportToStdout: 50 });
`;

/** A program with runs in two environments; each ends when its file is there. */
export const TWO_ENVIRONMENTS: string = `
  import { existsSync } from "node:fs";
  import { setTimeout } from "node:timers/promises";
  import { App, Environment, fn, mount } from "tidemark";
  const run = (name: string) => {
    const environment = new Environment({ dbPath: name + ".db" });
    const work = fn({ name }, async () => {
      while (!existsSync(name)) await setTimeout(20);
    });
    return new App({ name, environment }, async function main() { await mount(work); }).update({ reportToStdout: 50 });
  };
  await Promise.all([run("docs"), run("code").then(() => console.log("code is done"))]);
`;
