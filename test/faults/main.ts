import { parseArgs } from "node:util";
import { FAULT_KINDS, type FaultKind } from "./fault-kinds.ts";
import { FaultSession } from "./fault-session.ts";
import { FaultCaseError } from "./judge.ts";

// Injects the faults of one case, of one seed, or of one seed after another until the time is over.
//
//   npm run faults -- [--seed N] [--case KIND:NUMBER] [--kind KIND] [--keep FOLDER]
//   npm run soak -- [--seed N] [--kind KIND] [--minutes N]

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    case: { type: "string" },
    kind: { type: "string" },
    keep: { type: "string" },
    soak: { type: "boolean", default: false },
    minutes: { type: "string", default: "Infinity" },
  },
});

/** So many times fewer faults of a kind than in the tests are in one round of a soak, so that all kinds have their turn. */
const SOAK_SHARE = 10;

const kinds = FAULT_KINDS.filter(({ name }) => values.kind === undefined || values.kind === name);

async function runSeed(seed: number, share: number): Promise<void> {
  await using session = await FaultSession.open(seed);
  for (const kind of kinds) await runKind(session, kind, share);
  console.log(session.summary());
}

async function runKind(session: FaultSession, kind: FaultKind, share: number): Promise<void> {
  const lack = session.lackOf(kind);
  if (lack === undefined) await session.runKind(kind, Math.ceil(kind.numFaults / share));
  else console.log(`${kind.name}: skipped, ${lack}`);
}

async function runCase(seed: number, name: string): Promise<void> {
  await using session = await FaultSession.open(seed);
  const [kind = "", number = "0"] = name.split(":");
  await session.runCase(kind, Number(number), values.keep);
  console.log(session.summary());
}

async function soak(firstSeed: number): Promise<void> {
  const end = performance.now() + Number(values.minutes) * 60_000;
  for (let seed = firstSeed; performance.now() < end; seed++) await runSeed(seed, SOAK_SHARE);
}

try {
  if (values.soak) await soak(Number(values.seed ?? Date.now() % 1_000_000_000));
  else if (values.case !== undefined) await runCase(Number(values.seed ?? 0), values.case);
  else await runSeed(Number(values.seed ?? 0), 1);
} catch (error) {
  if (!(error instanceof FaultCaseError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
