import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { interleave } from "../measure.ts";
import { runProgram } from "../program.ts";
import { SkippedError } from "../skipped.ts";
import { median, type BenchOptions, type Table } from "../table.ts";
import { CASES, compareUpdates } from "../update/compare.ts";
import type { GrowthFigures } from "../growth/grow.ts";
import type { Shape } from "../growth/shapes.ts";
import { useBuild, type Build } from "./build.ts";

/** The milliseconds of each repetition, for both builds. */
interface Row {
  readonly label: string;
  readonly own: readonly number[];
  readonly other: readonly number[];
}

/** The shapes, each with the size that it is built in and the leaves for one component of `--size`. */
const SHAPES: readonly (readonly [shape: Shape, size: number, share: number])[] = [
  ["components", 1, 5],
  ["groups", 1000, 1],
  ["names", 1000, 1],
  ["keys", 16, 1],
  ["chains", 16, 1 / 16],
];

/** This build beside that of another checkout (`--against DIR`), in turns. */
export async function measureBuilds({ against, repetitions, size = 20_000 }: BenchOptions): Promise<Table> {
  if (against === undefined) throw new SkippedError("Name the checkout of the other build with --against DIR");
  const own = { name: "this", folder: fileURLToPath(new URL("../..", import.meta.url)) };
  const builds = [own, { name: "other", folder: resolve(against) }] as const;
  const rows = await compareFiles(builds, size, repetitions);
  for (const [shape, shapeSize, share] of SHAPES) {
    const count = Math.max(1, Math.round(size * share));
    rows.push(...(await compareShape(builds, shape, [count, Math.min(shapeSize, count)], repetitions)));
  }
  rows.push(await compareStart(builds, repetitions));
  return createTable(rows, size, repetitions);
}

async function compareFiles(builds: readonly [Build, Build], size: number, repetitions: number): Promise<Row[]> {
  const sides = builds.map((build) => ({ name: build.name, program: "./update/tidemark.ts", ...useBuild(build) }));
  const comparison = await compareUpdates(sides, "files", size, repetitions);
  return CASES.map((kase) => {
    const [own, other] = sides.map((side) =>
      comparison
        .get(kase)!
        .get(side)!
        .map(({ elapsedMs }) => elapsedMs),
    );
    return { label: `files, ${kase}`, own: own!, other: other! };
  });
}

async function compareShape(
  builds: readonly [Build, Build],
  shape: Shape,
  size: readonly [count: number, size: number],
  repetitions: number,
): Promise<Row[]> {
  const args = [shape, ...size.map(String), "5"];
  const measured = await interleave(builds, repetitions, (build) => {
    const { env, nodeOptions } = useBuild(build);
    return runProgram<GrowthFigures>("./growth/run.ts", args, { env, nodeOptions: [...nodeOptions, "--expose-gc"] });
  });
  const [own, other] = builds.map((build) => measured.get(build)!);
  return [
    {
      label: `${shape}, first run`,
      own: own!.map(({ first }) => first.elapsedMs),
      other: other!.map(({ first }) => first.elapsedMs),
    },
    {
      label: `${shape}, unchanged`,
      own: own!.map(({ unchanged }) => median(unchanged.elapsedMs)),
      other: other!.map(({ unchanged }) => median(unchanged.elapsedMs)),
    },
  ];
}

async function compareStart(builds: readonly [Build, Build], repetitions: number): Promise<Row> {
  const measured = await interleave(builds, repetitions, (build) =>
    runProgram<{ elapsedMs: number }>("./builds/start.ts", [], useBuild(build)),
  );
  const [own, other] = builds.map((build) => measured.get(build)!.map(({ elapsedMs }) => elapsedMs));
  return { label: "import and first count", own: own!, other: other! };
}

function createTable(rows: readonly Row[], size: number, repetitions: number): Table {
  return {
    title: `Two builds, ${size.toLocaleString("en")} files or components`,
    columns: ["", "this build, ms", "other build, ms", "this / other", "spread of the other"],
    rows: rows.map(({ label, other, own }) => [
      label,
      median(own),
      median(other),
      median(own) / median(other),
      spread(other),
    ]),
    notes: [
      `Medians of ${repetitions} repetitions, the two builds in turn, each run in a process of its own.`,
      "Spread: half the distance of the quartiles, as a share of the median.",
    ],
  };
}

/** Half the distance of the quartiles, as a share of the median. */
function spread(values: readonly number[]): number {
  const sorted = values.toSorted((one, two) => one - two);
  const quartile = (share: number): number => sorted[Math.round((sorted.length - 1) * share)]!;
  return (quartile(0.75) - quartile(0.25)) / 2 / median(values);
}
