import { flushCompileCache } from "node:module";
import { setImmediate } from "node:timers/promises";
import "../../lib/app/run-app.ts";
import "../../lib/state/lmdb-store.ts";
import { FaultSteps } from "./fault-steps.ts";
import { FaultyRun } from "./faulty-run.ts";
import { NOBODY, printNow } from "./machine.ts";
import { errorFacts, type ChildNote, type RunEnd, type RunOrder } from "./run-order.ts";
import { observeSystem } from "./system-steps.ts";

// Makes the runs that its parent orders, one after the other, until a fault ends it or the parent is gone.

/** Node reports an unhandled rejection some turns after its cause. */
const TURNS_AFTER = 5;

const nothing = new FaultSteps(
  [],
  () => {},
  () => {},
);

/** The events of the run in progress. */
interface Journal {
  readonly number: number;
  readonly happened: number[];
  readonly unhandled: string[];
}

let steps = nothing;
let journal: Journal = createJournal(0);
let current: { readonly run: FaultyRun; readonly endsOnTerm: boolean } | undefined;

process.on("unhandledRejection", noteUnhandled);
process.on("uncaughtExceptionMonitor", noteUnhandled);
process.on("disconnect", () => process.exit());
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => void closeOnTerm());
process.on("message", (order: RunOrder) => {
  // An error of a run is part of its end; this one is of the test itself, which would wait in vain.
  make(order).catch((error: unknown) => {
    noteUnhandled(error);
    process.exit(1);
  });
});

// The processes after this one start in half the time. A process that is killed would not write the cache at its end.
flushCompileCache();
observeSystem(() => steps);
process.send!("ready");

async function make(order: RunOrder): Promise<void> {
  journal = createJournal(order.number);
  if (order.isWithoutRights === true) changeUser(NOBODY);
  const run = new FaultyRun(order, (perform) => {
    steps = new FaultSteps(order.faults, perform, (fault) => noteFault(order.faults.indexOf(fault)));
    return steps;
  });
  current = { run, endsOnTerm: order.endsOnTerm ?? false };
  const end = await run.run();
  current = undefined;
  steps = nothing;
  for (let turn = 0; turn < TURNS_AFTER; turn++) await setImmediate();
  if (order.isWithoutRights === true) changeUser(0);
  const { happened, unhandled } = journal;
  process.send!({ ...end, happened, unhandled } satisfies RunEnd);
}

function createJournal(number: number): Journal {
  return { number, happened: [], unhandled: [] };
}

/** Printed at once as well: the process may not live to report it. */
function noteFault(fault: number): void {
  journal.happened.push(fault);
  print({ run: journal.number, fault });
}

function noteUnhandled(error: unknown): void {
  const { message, name, stack } = errorFacts(error);
  const unhandled = `${name}: ${message} ${stack ?? ""}`;
  journal.unhandled.push(unhandled);
  print({ run: journal.number, unhandled });
}

function print(note: ChildNote): void {
  printNow(JSON.stringify(note));
}

/** As a server does that shuts down gracefully. */
async function closeOnTerm(): Promise<void> {
  if (current === undefined) return;
  const { endsOnTerm, run } = current;
  await run.close();
  if (endsOnTerm) process.exit(0);
}

/** Only the superuser can change it; everybody else is without its rights already. */
function changeUser(id: number): void {
  if (process.getuid?.() !== 0) return;
  process.seteuid!(0);
  process.setegid!(id);
  process.seteuid!(id);
}
