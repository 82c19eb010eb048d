import { readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { execute } from "../program.ts";
import { SkippedError } from "../skipped.ts";
import type { Table } from "../table.ts";
import { prepareCocoIndex } from "../update/cocoindex.ts";

const ROOT: string = fileURLToPath(new URL("../..", import.meta.url));

interface Size {
  readonly bytes: number;
  readonly files: number;
}

/** What an installation takes on disk. */
export async function measureInstallSize(): Promise<Table> {
  const own = await sizeOfPackage();
  const listed = await execute("npm", ["ls", "--omit=dev", "--all", "--parseable"], { cwd: ROOT });
  // A package stands inside another one's folder when it is there for that one alone.
  const folders = listed.trim().split("\n").slice(1);
  const dependencies = sum(folders.map((folder) => sizeOf(folder, (name) => name !== "node_modules")));
  const rows = [
    ["Tidemark", 1, own.bytes / 2 ** 20, own.files],
    ["its dependencies, the peer included", folders.length, dependencies.bytes / 2 ** 20, dependencies.files],
    ["together", folders.length + 1, (own.bytes + dependencies.bytes) / 2 ** 20, own.files + dependencies.files],
  ];
  const notes = ["The size of all files, as they are on this platform."];
  try {
    rows.push(await rowOfCocoIndex());
  } catch (error) {
    if (!(error instanceof SkippedError)) throw error;
    notes.push(error.message);
  }
  return { title: "Install size", columns: ["", "packages", "MB", "files"], rows, notes };
}

async function sizeOfPackage(): Promise<Size> {
  const packed = await execute("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: ROOT });
  const [{ entryCount, unpackedSize }] = JSON.parse(packed) as [{ entryCount: number; unpackedSize: number }];
  return { bytes: unpackedSize, files: entryCount };
}

async function rowOfCocoIndex(): Promise<(string | number)[]> {
  const { side, version } = await prepareCocoIndex();
  const code =
    "import cocoindex, importlib.metadata as m; print(cocoindex.__file__); print(len(list(m.distributions())))";
  const printed = await execute(side.executable!, ["-c", code]);
  const [file = "", numPackages] = printed.trim().split("\n");
  // pip is in every virtual environment, and compiled modules are made at the first import.
  const isCounted = (name: string): boolean =>
    !/^(?:pip|pkg_resources|setuptools|_distutils_hack|__pycache__)/.test(name);
  const { bytes, files } = sizeOf(dirname(dirname(file)), isCounted);
  return [`CocoIndex ${version} with its dependencies`, Number(numPackages) - 2, bytes / 2 ** 20, files];
}

function sizeOf(folder: string, isCounted: (name: string) => boolean): Size {
  return sum(
    readdirSync(folder, { withFileTypes: true })
      .filter(({ name }) => isCounted(name))
      .map((entry) => {
        const path = join(folder, entry.name);
        return entry.isDirectory() ? sizeOf(path, isCounted) : { bytes: statSync(path).size, files: 1 };
      }),
  );
}

function sum(sizes: readonly Size[]): Size {
  return {
    bytes: sizes.reduce((bytes, size) => bytes + size.bytes, 0),
    files: sizes.reduce((files, size) => files + size.files, 0),
  };
}
