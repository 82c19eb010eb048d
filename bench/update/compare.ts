import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { interleave } from "../measure.ts";
import { runProgram, type ProgramOptions } from "../program.ts";
import { compareOutputs, readOutputs, type Target } from "./outputs.ts";
import { changeTree, createTree, emptyTree } from "./tree.ts";

/** What a side of a comparison prints. */
export interface UpdateFigures {
  /** The update alone, without the start of the process. */
  readonly elapsedMs: number;
  /** Of all threads, the start of the process included. */
  readonly cpuMs: number;
  readonly peakMb: number;
}

/** A program that does the work. */
export interface Side extends ProgramOptions {
  readonly name: string;
  readonly program: string;
}

/** The states of the tree that are updated from, in order. */
export const CASES = ["first run", "unchanged", "1 % changed", "all deleted"] as const;

/** The figures of each repetition, by case and by side. */
export type Comparison = ReadonlyMap<(typeof CASES)[number], ReadonlyMap<Side, readonly UpdateFigures[]>>;

/**
 * Has each side update the same tree of `size` files, case by case and in turn, each time in a process of its own.
 *
 * @throws Error when the sides do not make the same
 */
export async function compareUpdates(
  sides: readonly Side[],
  target: Target,
  size: number,
  repetitions: number,
): Promise<Comparison> {
  const folder = mkdtempSync(join(tmpdir(), "tidemark-bench-"));
  const source = join(folder, "source");
  const comparison = new Map(CASES.map((kase) => [kase, new Map(sides.map((side) => [side, [] as UpdateFigures[]]))]));
  try {
    for (let repetition = 1; repetition <= repetitions; repetition++) {
      createTree(source, size);
      for (const { name } of sides) rmSync(join(folder, name), { recursive: true, force: true });
      const inTurn = repetition % 2 === 0 ? sides.toReversed() : sides;
      for (const kase of CASES) {
        if (kase === "1 % changed") changeTree(source, size, repetition);
        if (kase === "all deleted") emptyTree(source, size);
        const figures = await interleave(inTurn, 1, (side) => runSide(side, target, folder));
        const outputs = sides.map(({ name }) => [name, readOutputs(target, join(folder, name, "output"))]);
        compareOutputs(Object.fromEntries(outputs), kase === "all deleted" ? 0 : size);
        for (const [side, [one]] of figures) comparison.get(kase)!.get(side)!.push(one!);
      }
    }
    return comparison;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function runSide(side: Side, target: Target, folder: string): Promise<UpdateFigures> {
  const args = [target, join(folder, "source"), join(folder, side.name, "output"), join(folder, side.name, "store")];
  return runProgram<UpdateFigures>(side.program, args, side);
}
