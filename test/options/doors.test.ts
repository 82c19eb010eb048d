import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { ROOT } from "../examples/run-program.ts";
import { DOORS, type Door } from "./doors.ts";

interface Entry {
  /** Its module in lib. */
  readonly module: string;
  /** The exports that can be called. */
  readonly callable: readonly string[];
  /** The types that it exports, by their names. */
  readonly types: readonly string[];
  /** The declarations in the files behind it. */
  readonly declarations: string;
}

/** The entry points of the package by their names, such as "./localfs". */
async function readEntries(): Promise<ReadonlyMap<string, Entry>> {
  const manifest = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as {
    exports: Record<string, string | { default: string }>;
  };
  const entries = new Map<string, Entry>();
  for (const [name, target] of Object.entries(manifest.exports)) {
    if (typeof target === "string") continue;
    const module = join(ROOT, target.default.replace("./dist/", "lib/").replace(/\.js$/, ".ts"));
    entries.set(name, await readEntry(module));
  }
  return entries;
}

async function readEntry(module: string): Promise<Entry> {
  const exported = (await import(module)) as Record<string, unknown>;
  const source = await readFile(module, "utf8");
  const files = [...source.matchAll(/from "([^"]+)"/g)].map(([, file = ""]) => join(dirname(module), file));
  return {
    module,
    callable: Object.keys(exported).filter((name) => typeof exported[name] === "function"),
    types: [...source.matchAll(/\b[A-Z]\w*\b/g)].map(([name]) => name),
    declarations: (await Promise.all([...new Set(files)].map((file) => readFile(file, "utf8")))).join("\n"),
  };
}

/** What calling a door with `options` throws, at once or later. */
async function failureOf({ call }: Door, options: unknown): Promise<unknown> {
  try {
    await call(options as never);
  } catch (error) {
    return error;
  }
  return undefined;
}

/** The parameters of an exported function, as they are declared. */
function signaturesOf(name: string, declarations: string): readonly string[] {
  return [...declarations.matchAll(new RegExp(`export (?:async )?function ${name}\\b[^{;]*[{;]`, "g"))].map(
    ([text]) => text,
  );
}

const entries = await readEntries();
const doors = Object.values(DOORS).flatMap((exports) => Object.values(exports).flat());

describe("Options of the public functions", () => {
  for (const [name, { callable, declarations, types }] of entries) {
    describe(`entry point "${name}"`, () => {
      const table = DOORS[name] ?? {};

      it("has every callable export in the table", () => {
        expect(Object.keys(table).toSorted()).to.deep.equal(callable.toSorted());
      });

      it("has a door for every type of options that it exports", () => {
        const wanted = types.filter((type) => /(?:Options|Config)$/.test(type));
        expect(doors.map(({ type }) => type)).to.include.members(wanted);
      });

      it("lists no function as one without options that has some", () => {
        for (const [exported, own] of Object.entries(table)) {
          if (own.length > 0) continue;
          expect(signaturesOf(exported, declarations).join("\n"), exported).to.not.match(
            /\b(?:\w*Options|\w*Config)\b|options/,
          );
        }
      });
    });
  }

  for (const door of doors) {
    describe(`${door.name}()`, () => {
      it("refuses an unknown option, and names the option that is meant", async () => {
        const [wrong, right] = door.typo;
        const error = await failureOf(door, { [wrong]: undefined });
        expect(error).to.be.instanceOf(TypeError);
        expect((error as Error).message).to.include(`there is no option \`${wrong}\`; did you mean \`${right}\`?`);
      });

      for (const value of [null, 5, true, [], Promise.resolve({})]) {
        it(`refuses ${value instanceof Promise ? "a promise" : JSON.stringify(value)} in place of options`, async () => {
          const error = await failureOf(door, value);
          expect(error).to.be.instanceOf(TypeError);
          expect((error as Error).message).to.match(/^Cannot (?!read|destructure)/);
        });
      }
    });
  }
});
