import { expect } from "chai";
import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DataFile } from "../../lib/state/data-file.ts";
import { LmdbStore } from "../../lib/state/lmdb-store.ts";
import { createTempFolder } from "../temp-folder.ts";
import { startChild } from "./child-process.ts";

describe("DataFile", () => {
  it("shows that the data were cut short where no room could be reserved (a bug once: they had their size again)", async function () {
    if (process.platform === "win32") this.skip();
    await using temp = await createTempFolder();
    await (await LmdbStore.open(temp.path)).close();
    await truncate(join(temp.path, "data.mdb"), 64 * 1024);
    const limited = `trap '' XFSZ; ulimit -f 128; exec "$@"`;
    const script = new URL("./reserving-process.ts", import.meta.url);
    await using child = startChild(script, [temp.path], ["sh", "-c", limited, "sh"]);
    const { value: line } = await child.lines.next();
    expect(line, child.errors()).to.equal('{"code":"EFBIG","sizeBytes":8192,"isInPlace":false}');
  });

  it("closes a file that cannot be made smaller (a bug once: `close` of its environment rejected)", async () => {
    await using temp = await createTempFolder();
    await (await LmdbStore.open(temp.path)).close();
    const file = new DataFile(temp.path);
    const path = join(temp.path, "data.mdb");
    await writeFile(path, Buffer.alloc(100_000));
    expect(() => file.close()).to.not.throw();
  });
});
