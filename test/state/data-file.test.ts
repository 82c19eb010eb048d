import { expect } from "chai";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DataFile } from "../../lib/state/data-file.ts";
import { LmdbStore } from "../../lib/state/lmdb-store.ts";
import { createTempFolder } from "../temp-folder.ts";

describe("DataFile", () => {
  it("closes a file that cannot be made smaller (a bug once: `close` of its environment rejected)", async () => {
    await using temp = await createTempFolder();
    await (await LmdbStore.open(temp.path)).close();
    const file = new DataFile(temp.path);
    const path = join(temp.path, "data.mdb");
    await writeFile(path, Buffer.alloc(100_000));
    expect(() => file.close()).to.not.throw();
  });
});
