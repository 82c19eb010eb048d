import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { findRowFault } from "../../../lib/engine/records/row-envelope.ts";
import { checkPages } from "../../../lib/state/pages/check-pages.ts";
import { MAX_KEY_BYTES } from "../../../lib/state/store.ts";
import { randomOf } from "../../state/pages/random-store.ts";
import { DAMAGES } from "./damages.ts";
import {
  outputsFor,
  pagesAfter,
  readOutputs,
  storeFolder,
  updateProject,
  type UpdateOutcome,
  writePages,
} from "./page-project.ts";
import { makeStates, type ProjectState, restoreState } from "./project-state.ts";

// Opens damaged stores, one after the other: `node damage-process.ts ROOT SEED FIRST STEP END`. Prints the number and the damage of each case
// before it is opened, and its end afterwards, so that the end of the process by a signal is that of the case.
const [root, ...numbers] = process.argv.slice(2) as [string, ...string[]];
const [seed, first, step, end] = numbers.map(Number) as [number, number, number, number];
const DATA = relative(root, join(storeFolder(root), "data.mdb"));
const ALLOWED: ReadonlySet<string> = new Set(["STORE_CORRUPT", "STORE_TOO_NEW"]);

process.on("unhandledRejection", (error) => print("wrong", `unhandled: ${String(error)}`));

const states = makeStates(root);
const references = new Map<ProjectState, UpdateOutcome>();
for (const state of states) {
  restoreState(root, state);
  references.set(state, await judgedUpdate(state));
}

for (let number = first; number < end; number += step) {
  const random = randomOf(seed + number * 7919);
  const names = Object.keys(DAMAGES);
  const name = names[number % names.length]!;
  const state = states[random(states.length)]!;
  print("case", `${number} ${name}, of a store that was ${state.name}`);
  restoreState(root, state);
  const data = DAMAGES[name]!(Buffer.from(state.files.get(DATA)!), random, state.earlierData);
  writeFileSync(join(root, DATA), data);
  print(...(await judge(state)));
}

async function judge(state: ProjectState): Promise<readonly [string, string]> {
  const outcome = await judgedUpdate(state);
  const unexpected = outcome.errors.filter((error) => !ALLOWED.has(error));
  if (unexpected.length > 0) return ["wrong", unexpected[0]!];
  if (outcome.errors.length > 0) return ["refused", outcome.errors[0]!];
  const reference = references.get(state)!;
  if (outcome.rows !== reference.rows) return ["wrong", "its rows are others"];
  if (outcome.counts !== reference.counts) return ["wrong", `counts ${outcome.counts} instead of ${reference.counts}`];
  const outputs = JSON.stringify([...readOutputs(root)]);
  const wanted = JSON.stringify([...outputsFor(pagesAfter(state.numEdits + 1))]);
  if (outputs !== wanted) return ["wrong", `outputs ${outputs}`];
  const [finding] = await checkPages(join(root, DATA), { maxKeyBytes: MAX_KEY_BYTES, checkRow: findRowFault });
  return finding === undefined ? ["right", ""] : ["wrong", `after the update: ${finding.message}`];
}

async function judgedUpdate(state: ProjectState): Promise<UpdateOutcome> {
  writePages(root, pagesAfter(state.numEdits + 1));
  return updateProject(root);
}

function print(kind: string, detail: string): void {
  // Synchronous, so that it is out when the process ends by a signal.
  writeFileSync(1, `${kind} ${detail.replaceAll("\n", " ")}\n`);
}
