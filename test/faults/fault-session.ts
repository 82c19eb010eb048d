import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { createTempFolder } from "../temp-folder.ts";
import { FaultCase } from "./fault-case.ts";
import { faultKind, type FaultKind } from "./fault-kinds.ts";
import { FaultLane } from "./fault-lane.ts";
import { LIBFAKETIME, lackOf } from "./fault-needs.ts";
import { FaultCaseError } from "./judge.ts";

/** The number of cases that run side by side. */
const NUM_LANES = 2;

/** The counts of the cases of one kind. */
export interface KindCounts {
  readonly kind: FaultKind;
  numCases: number;
  numFaults: number;
  numRuns: number;
  maxCloseMs: number;
}

/** The cases of one seed, with their counts. */
export class FaultSession implements AsyncDisposable {
  readonly seed: number;
  readonly counts = new Map<string, KindCounts>();
  readonly #folder: Awaited<ReturnType<typeof createTempFolder>>;
  readonly #lanes: readonly FaultLane[];

  static async open(seed: number): Promise<FaultSession> {
    const folder = await createTempFolder({ isInMemory: true });
    // Runs without the rights of the superuser pass through this folder.
    await chmod(folder.path, 0o711);
    return new FaultSession(seed, folder);
  }

  private constructor(seed: number, folder: Awaited<ReturnType<typeof createTempFolder>>) {
    this.seed = seed;
    this.#folder = folder;
    this.#lanes = Array.from(
      { length: NUM_LANES },
      (_, lane) => new FaultLane(join(folder.path, `lane-${lane}`), LIBFAKETIME),
    );
  }

  /** Runs cases of a kind until enough faults have happened; throws the error of the first that fails. */
  async runKind(kind: FaultKind, numFaults: number = kind.numFaults): Promise<KindCounts> {
    const counts = this.#countsOf(kind);
    let next = 0;
    const failures: Error[] = [];
    const work = async (lane: FaultLane): Promise<void> => {
      while (counts.numFaults < numFaults && failures.length === 0) {
        await this.#runCase(kind, next++, lane).catch((error: unknown) => failures.push(error as Error));
      }
    };
    await Promise.all(this.#lanes.map(work));
    if (failures[0] !== undefined) throw failures[0];
    return counts;
  }

  /** Says which facility for a kind of faults is missing; `undefined` when none is. */
  lackOf({ needs }: FaultKind): string | undefined {
    return needs && lackOf(needs, this.#folder.path);
  }

  /** Runs one case; throws how it has failed, with the command that repeats it. `keep` is where its folder is copied to. */
  runCase(kind: string, number: number, keep?: string): Promise<void> {
    return this.#runCase(faultKind(kind), number, this.#lanes[0]!, keep);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const lane of this.#lanes) await lane[Symbol.asyncDispose]();
    await this.#folder[Symbol.asyncDispose]();
  }

  async #runCase(kind: FaultKind, number: number, lane: FaultLane, keep?: string): Promise<void> {
    const counts = this.#countsOf(kind);
    const one = new FaultCase(kind, this.seed, number, lane);
    try {
      await one.run();
    } catch (error) {
      if (!(error instanceof FaultCaseError)) throw error;
      throw new FaultCaseError(
        `${error.message}\nRepeat it with: npm run faults -- --seed ${this.seed} --case ${kind.name}:${number}`,
      );
    } finally {
      if (keep !== undefined) one.keep(keep);
      counts.numCases++;
      counts.numFaults += one.counts.numFaults;
      counts.numRuns += one.counts.numRuns;
      counts.maxCloseMs = Math.max(counts.maxCloseMs, one.counts.maxCloseMs);
    }
  }

  /** One line with the numbers of faults by kind. */
  summary(): string {
    const all = [...this.counts.values()];
    const sum = (of: readonly KindCounts[]): number => of.reduce((total, { numFaults }) => total + numFaults, 0);
    const ofSystem = sum(all.filter(({ kind }) => kind.isOfSystem));
    const byKind = all.map(({ kind, numFaults }) => `${kind.name} ${numFaults}`).join(", ");
    const maxCloseMs = Math.max(0, ...all.map((counts) => counts.maxCloseMs));
    return (
      `seed ${this.seed}: ${sum(all)} faults (${byKind}), ${ofSystem} of them by signal, limit or full disk; ` +
      `longest close ${Math.round(maxCloseMs)} ms`
    );
  }

  #countsOf(kind: FaultKind): KindCounts {
    let counts = this.counts.get(kind.name);
    if (counts === undefined) {
      counts = { kind, numCases: 0, numFaults: 0, numRuns: 0, maxCloseMs: 0 };
      this.counts.set(kind.name, counts);
    }
    return counts;
  }
}
