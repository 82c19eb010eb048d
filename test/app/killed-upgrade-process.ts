import { join } from "node:path";
import { stateOf } from "../../lib/app/environment.ts";
import * as localfs from "../../lib/connectors/localfs/index.ts";
import * as sqlite from "../../lib/connectors/sqlite/index.ts";
import * as tidemark from "../../lib/index.ts";
import { LmdbStore } from "../../lib/state/lmdb-store.ts";
import { definePipeline, ROOT } from "../fixtures/format-1/pipeline.ts";

// Updates the project that 0.1 has left, and dies before the given write of the store.
const fatalWrite = Number(process.argv[2]);
let numWrites = 0;

// oxlint-disable-next-line typescript/unbound-method -- bound when it is called
const { write } = LmdbStore.prototype;
LmdbStore.prototype.write = async function writeOrDie(changes) {
  numWrites += 1;
  if (numWrites === fatalWrite) {
    process.stdout.write(`write ${numWrites}\n`, () => process.kill(process.pid, "SIGKILL"));
    await new Promise(() => {});
  }
  await Reflect.apply(write, this, [changes]);
};

await using environment = new tidemark.Environment({ dbPath: join(ROOT, ".tidemark") });
stateOf(environment).storeLog = () => {};
await new tidemark.App({ name: "docs", environment }, definePipeline({ tidemark, localfs, sqlite }).docs).update();
