import { expect } from "chai";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { requireProgram, requireThat } from "../../../require-program.ts";
import { createTempFolder } from "../../../temp-folder.ts";
import { plant } from "../test-tree.ts";

const PROGRAM = join(import.meta.dirname, "watch-limits-process.ts");

/** A namespace of its own has limits of its own: those of the machine are everybody's. Not every system lets everybody have one. */
const NAMESPACE = ["--user", "--map-root-user", "sh", "-c"];
const LIMITED = spawnSync("unshare", [...NAMESPACE, "test -w /proc/sys/user/max_inotify_watches"]);

/** Follows a folder in a process with a lower limit. */
function followWithin(limit: string, folder: string) {
  const command = `echo ${limit} && exec "$0" "$@"`;
  const child = spawn("unshare", [...NAMESPACE, command, process.execPath, PROGRAM, folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => JSON.parse(String((await lines.next()).value));
  return {
    /** The line it begins with. */
    first: next,
    /** Reads on until it has told of a path, as changed or as removed; it may tell twice of what it has seen in the moment of its change. */
    async told(kind: keyof Told, path: string): Promise<void> {
      while (!((await next()) as Told)[kind].includes(path));
    },
    async [Symbol.asyncDispose]() {
      const ended = once(child, "close");
      child.kill();
      await ended;
    },
  };
}

interface Told {
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

describe("FolderWatcher at the limits of the system", function () {
  before(function () {
    if (process.platform !== "linux") this.skip();
    requireProgram(this, "unshare");
    requireThat(this, LIMITED.status === 0, `no user namespace can be made: ${String(LIMITED.stderr).trim()}`);
  });

  for (const [name, limit, message] of [
    [
      "watched folders",
      "5 > /proc/sys/user/max_inotify_watches",
      "the limit of watched folders is reached (ENOSPC); raise fs.inotify.max_user_watches, or `exclude` more",
    ],
    [
      "watchers",
      "0 > /proc/sys/user/max_inotify_instances",
      "the limit of watchers is reached (EMFILE); raise fs.inotify.max_user_instances",
    ],
  ] as const) {
    it(`says that the limit of ${name} is reached, and follows all changes by looking`, async () => {
      await using temp = await createTempFolder();
      plant(temp.path, Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`${index}/a.md`, "1"])));
      await using follower = followWithin(limit, temp.path);
      expect(await follower.first()).to.deep.equal([
        {
          code: "WATCH_UNAVAILABLE",
          message: `Cannot watch docs, so it is looked through every 50 ms instead: ${message}`,
        },
      ]);
      plant(temp.path, { "new/b.md": "1" });
      await follower.told("changed", "new/b.md");
      appendFileSync(join(temp.path, "7/a.md"), "2");
      await follower.told("changed", "7/a.md");
      unlinkSync(join(temp.path, "0/a.md"));
      await follower.told("removed", "0/a.md");
    });
  }
});
