import { once } from "node:events";
import { join } from "node:path";
import { expect } from "chai";
import { startChild } from "../state/child-process.ts";
import { failingLauncher, requireStrace } from "../state/failing-launcher.ts";
import { createTempFolder } from "../temp-folder.ts";

/** The flushes that fail, one in each process. The first ones are of the commits that reserve ids and store the first rows. */
const PLACES = [3, 4, 5, 6, 8, 12];

describe("A store whose data are cut short in a commit that fails", () => {
  for (const place of PLACES) {
    it(`fails updates, and harms neither the process nor the next opening: flush ${place} (a bug once: it ended the process)`, async function () {
      this.timeout(60_000);
      requireStrace(this);
      await using folder = await createTempFolder();
      const store = join(folder.path, "db");
      const launcher = failingLauncher(folder.path, store, { call: "fdatasync", place });
      await using child = startChild(new URL("./cut-store-process.ts", import.meta.url), [store], launcher);
      const ended = once(child.process, "exit");
      const lines: string[] = [];
      for await (const line of child.lines) if (line !== "done" || lines.length > 0) lines.push(line);
      expect(await ended, child.errors()).to.deep.equal([0, null]);
      const [failed, lost, closed, refused, end] = lines;
      expect(failed).to.match(/^STORE_UNAVAILABLE Cannot write to store at .*EIO.*; free space on its disk/);
      expect(lost).to.match(/^STORE_LOST Cannot use store at .*: its data\.mdb was cut short while it was open/);
      expect([closed, end]).to.deep.equal(["done", "alive"]);
      expect(refused).to.match(/^STORE_CORRUPT Cannot open store at .*; restore the folder/);
    });
  }
});
