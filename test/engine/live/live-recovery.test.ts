import { expect } from "chai";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startChild } from "../../state/child-process.ts";
import { createTempFolder } from "../../temp-folder.ts";

const ROUNDS = 10;
const SEED = Number(process.env["TIDEMARK_TEST_SEED"] ?? Date.now() % 1_000_000);

describe(`A live run that is killed (seed ${SEED})`, function () {
  this.timeout(180_000);

  it("is made good by the next one: targets are what the source says, and nothing else", async () => {
    await using temp = await createTempFolder();
    const source = join(temp.path, "source.json");
    const folder = join(temp.path, "out");
    writeFileSync(source, "{}");
    const follow = async (fatalStep: number, seed: number): Promise<number | undefined> => {
      await using child = startChild(new URL("live-crashing-process.ts", import.meta.url), [
        join(temp.path, "db"),
        folder,
        source,
        String(fatalStep),
        String(seed),
      ]);
      const { value } = (await child.lines.next()) as { value: string | undefined };
      expect(child.errors()).to.equal("");
      return value === undefined ? undefined : Number(value.split(" ")[1]);
    };
    let numSteps = (await follow(0, SEED))!;
    let numKilled = 0;
    for (let round = 1; round <= ROUNDS; round++) {
      const fatalStep = 1 + ((SEED * 31 + round * 7919) % numSteps);
      const survived = await follow(fatalStep, SEED + round);
      if (survived === undefined) numKilled++;
      else numSteps = survived;
      // Every other time the one after it is killed as well.
      if (round % 2 === 0) continue;
      expect(await follow(-1, 0), `round ${round}`).to.be.a("number");
      expect(filesIn(folder), `round ${round}`).to.deep.equal(wantedOf(source));
    }
    expect(numKilled).to.be.at.least(ROUNDS / 2);
  });
});

function wantedOf(source: string): Record<string, string> {
  const entries = JSON.parse(readFileSync(source, "utf8")) as Record<string, string>;
  const files: Record<string, string> = {};
  for (const [key, text] of Object.entries(entries)) {
    files[`${key}.txt`] = text;
    if (text.includes("long")) files[`parts/${key}.txt`] = text.slice(key.length + 1);
  }
  return files;
}

function filesIn(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map((file) => {
      const path = join(file.parentPath, file.name);
      return [path.slice(folder.length + 1), readFileSync(path, "utf8")];
    }),
  );
}
