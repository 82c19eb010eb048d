import { expect } from "chai";
import { join } from "node:path";
import { stateOf } from "../../lib/app/environment.ts";
import { mountDirTarget, type DirTarget, type Durability } from "../../lib/connectors/localfs/index.ts";
import type { TrackedItem } from "../../lib/engine/records/row.ts";
import { statePath } from "../../lib/engine/targets/recorded-states.ts";
import { App, Environment, fn, mountEach } from "../../lib/index.ts";
import { PowerCutDisk, type Pick, type Recorded } from "./power-cut-disk.ts";

const NAMES = ["a", "b", "c", "d/a", "d/b", "e/f/g", "a/x", "d"] as const;
const CONTENTS = ["one", "two", "three", "a longer content", ""] as const;
const MAX_UPDATES = 3;
const MAX_WRITES = 14;

const extra = fn({ memo: true }, function extra(name: string, content: string, out: DirTarget): number {
  out.declareFile(`extra/${name}`, `extra ${content}`);
  return content.length;
});

const write = fn({ memo: true }, function write(source: readonly [name: string, content: string], out: DirTarget) {
  const [name, content] = source;
  out.declareFile(name, content);
  if (!name.includes("/")) extra(name, content.slice(0, 1), out);
});

/** One pipeline on a machine whose power is cut now and then. */
export class PowerCutCase {
  readonly #disk: PowerCutDisk;
  readonly #store: string;
  readonly #pick: Pick;
  readonly #durability: Durability;
  readonly #sources = new Map<string, string>();
  #boot = 0;
  #environment: Environment | undefined;

  constructor(folder: string, pick: Pick) {
    this.#disk = new PowerCutDisk(join(folder, "out"));
    this.#store = join(folder, "store");
    this.#pick = pick;
    this.#durability = pick(["verify", "verify", "flush"]);
  }

  /** Lets the machine run for a while, with edits and updates, and cuts its power, in the middle of an update or between two. */
  async runAndCut(): Promise<void> {
    await this.#start();
    const numUpdates = 1 + this.#pick([...Array(MAX_UPDATES).keys()]);
    for (let index = 1; index <= numUpdates; index++) {
      this.#edit();
      const isCut = index === numUpdates && this.#pick([true, true, false]);
      await this.#update(isCut ? this.#pick([...Array(MAX_WRITES).keys()]) : Infinity);
    }
    const recorded = await this.#readRecords();
    await this.#environment!.close();
    const isFlushed = this.#durability === "flush";
    this.#disk.cut({ pick: this.#pick, recorded: (path) => recorded.get(path) ?? "nothing", isFlushed });
  }

  /** Starts the machine for good: an update repairs everything, and a further one has nothing to do. */
  async finish(): Promise<void> {
    await this.#start();
    if (this.#pick([true, false])) this.#edit();
    await this.#update(Infinity);
    const written = this.#disk.identities();
    await this.#update(Infinity);
    expect(this.#disk.identities()).to.deep.equal(written);
    await this.#environment!.close();
  }

  async #start(): Promise<void> {
    this.#boot++;
    this.#disk.start();
    this.#environment = new Environment({ dbPath: this.#store, onException: () => {} });
    const state = stateOf(this.#environment);
    state.noticeLog = () => {};
    state.readBootId = async () => `boot ${this.#boot}`;
  }

  /** Adds, changes and removes sources; a name and another one below it are not there at the same time. */
  #edit(): void {
    for (const name of NAMES) {
      const content = this.#pick([undefined, ...CONTENTS]);
      if (this.#pick([true, false])) continue;
      if (content === undefined) this.#sources.delete(name);
      else this.#sources.set(name, content);
    }
    for (const name of this.#sources.keys()) {
      if ([...this.#sources.keys()].some((other) => name.startsWith(`${other}/`))) this.#sources.delete(name);
    }
  }

  /** Updates the folder; the store takes no more than `numWrites`, as if the power was cut after them. */
  async #update(numWrites: number): Promise<void> {
    const sources = [...this.#sources];
    const durability = this.#durability;
    const root = this.#disk.root;
    const main = fn(async function main() {
      const out = await mountDirTarget(root, { durability });
      out.declareFile("index", sources.map(([name]) => name).join());
      await mountEach(
        write,
        sources.map((source) => [source[0], source] as const),
        out,
      );
    });
    const app = new App({ name: "cut", environment: this.#environment! }, main);
    if (numWrites !== Infinity) await this.#cutAfter(numWrites);
    try {
      await app.update();
    } catch (error) {
      if (numWrites === Infinity) throw error;
    }
    if (numWrites !== Infinity) return;
    this.#disk.remember();
    expect(this.#disk.read()).to.deep.equal(this.#expected());
  }

  async #cutAfter(numWrites: number): Promise<void> {
    const store = await stateOf(this.#environment!).store();
    const storeWrite = store.write.bind(store);
    let left = numWrites;
    store.write = (changes) => (left-- > 0 ? storeWrite(changes) : Promise.reject(new Error("power cut")));
  }

  #expected(): Record<string, string> {
    const files: Record<string, string> = { index: [...this.#sources.keys()].join() };
    for (const [name, content] of this.#sources) {
      files[name] = content;
      if (!name.includes("/")) files[`extra/${name}`] = `extra ${content.slice(0, 1)}`;
    }
    for (const path of Object.keys(files)) {
      for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1)) files[`${path.slice(0, at)}/`] = "";
    }
    return files;
  }

  async #readRecords(): Promise<ReadonlyMap<string, Recorded>> {
    const records = new Map<string, Recorded>();
    const rows = await stateOf(this.#environment!).findRows("cut");
    if (rows === undefined) return records;
    for (const { row } of rows.states.tracked()) {
      for (const item of row.items) {
        const [, container, key] = statePath(rows, item);
        if (container === undefined || typeof key !== "string") continue;
        records.set(key, recordedAs(item));
      }
    }
    return records;
  }
}

function recordedAs({ isDamaged, states }: TrackedItem): Recorded {
  if (states[0] === null && isDamaged !== true) return "first write";
  return states.length === 1 ? "sure" : "in doubt";
}
