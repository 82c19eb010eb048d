import fc from "fast-check";
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createTempFolder } from "../../../temp-folder.ts";
import { FollowedFolder } from "./followed-folder.ts";

const name = fc.constantFrom("a", "b");
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join("/"));

/** Something that is done to a tree. Paths are as likely to be wrong as not: then nothing is done. */
type Change = (inside: string, outside: string) => void;

const change: fc.Arbitrary<Change | "pause"> = fc.oneof(
  fc.tuple(path, fc.string({ maxLength: 3 })).map(([to, text]): Change => (inside) => {
    mkdirSync(dirname(join(inside, to)), { recursive: true });
    writeFileSync(join(inside, to), text);
  }),
  path.map(
    (to): Change =>
      (inside) =>
        appendFileSync(join(inside, to), "x"),
  ),
  path.map(
    (at): Change =>
      (inside) =>
        unlinkSync(join(inside, at)),
  ),
  path.map(
    (at): Change =>
      (inside) =>
        rmSync(join(inside, at), { recursive: true }),
  ),
  fc.tuple(path, path).map(
    ([from, to]): Change =>
      (inside) =>
        renameSync(join(inside, from), join(inside, to)),
  ),
  path.map(
    (from): Change =>
      (inside, outside) =>
        renameSync(join(inside, from), join(outside, "kept")),
  ),
  path.map(
    (to): Change =>
      (inside, outside) =>
        renameSync(join(outside, "kept"), join(inside, to)),
  ),
  fc.tuple(path, path).map(
    ([to, at]): Change =>
      (inside) =>
        symlinkSync(join(inside, to), join(inside, at)),
  ),
  fc.constant("pause" as const),
);

describe("FolderWatcher under random changes", function () {
  this.timeout(180_000);

  for (const followSymlinks of [false, true]) {
    it(`comes to know what a walk would find, and goes on watching all of it, with followSymlinks ${followSymlinks}`, async () => {
      const rounds = fc.array(fc.array(change, { minLength: 5, maxLength: 40 }), { minLength: 2, maxLength: 3 });
      await fc.assert(
        fc.asyncProperty(rounds, async (programs) => {
          await using temp = await createTempFolder();
          const [inside, outside] = [join(temp.path, "in"), join(temp.path, "out")];
          for (const folder of [inside, outside]) mkdirSync(folder);
          using followed = await FollowedFolder.open(inside, { followSymlinks });
          for (const program of programs) {
            for (const step of program) await take(step, inside, outside);
            await followed.caughtUp();
          }
          probe(inside);
          await followed.caughtUp();
        }),
        // A program that hangs is printed before the test ends.
        { numRuns: 25, endOnFailure: true, plugins: [fc.timeout(60_000)] },
      );
    });
  }
});

async function take(step: Change | "pause", inside: string, outside: string): Promise<void> {
  if (step === "pause") {
    await nextTurn();
    return;
  }
  try {
    step(inside, outside);
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error)) throw error;
  }
}

/** Makes a file in every folder. */
function probe(root: string): void {
  const folders = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { parentPath, name: folder } of folders) writeFileSync(join(parentPath, folder, "probe"), "");
  writeFileSync(join(root, "probe"), "");
}
