import { expect } from "chai";
import { requireThat } from "../require-program.ts";
import { FAULT_KINDS } from "./fault-kinds.ts";
import { FaultSession } from "./fault-session.ts";

/** The same cases each time unless told otherwise, so that the change under test makes the difference. */
const SEED = Number(process.env["TIDEMARK_TEST_SEED"] ?? 0);
/** The share of the faults that are injected. */
const SHARE = Number(process.env["TIDEMARK_TEST_FAULTS"] ?? 1);

const MIN_FAULTS = 1_000;
const MIN_OF_SYSTEM = 300;

describe(`Faults (seed ${SEED})`, function () {
  this.timeout(900_000);
  let session: FaultSession;

  before(async () => {
    session = await FaultSession.open(SEED);
  });

  after(async () => {
    console.log(`    ${session.summary()}`);
    await session[Symbol.asyncDispose]();
  });

  for (const kind of FAULT_KINDS) {
    it(`lose nothing, end no host and leave nothing hanging: ${kind.title}`, async function () {
      const lack = session.lackOf(kind);
      // As for bind mounts, most containers refuse it.
      if (lack !== undefined && kind.needs === "memory disk") this.skip();
      requireThat(this, lack === undefined, lack ?? "");
      const { numFaults } = await session.runKind(kind, Math.ceil(kind.numFaults * SHARE));
      expect(numFaults).to.be.at.least(kind.numFaults * SHARE);
    });
  }

  it(`are at least ${MIN_FAULTS}, and ${MIN_OF_SYSTEM} of them signals, limits and full disks`, function () {
    const isWhole = FAULT_KINDS.every((kind) => kind.needs === "memory disk" || session.lackOf(kind) === undefined);
    if (SHARE < 1 || !isWhole) this.skip();
    const counts = [...session.counts.values()];
    const numFaults = counts.reduce((sum, each) => sum + each.numFaults, 0);
    const ofSystem = counts.filter(({ kind }) => kind.isOfSystem).reduce((sum, each) => sum + each.numFaults, 0);
    expect(numFaults, "faults").to.be.at.least(MIN_FAULTS);
    expect(ofSystem, "signals, limits and full disks").to.be.at.least(MIN_OF_SYSTEM);
  });
});
