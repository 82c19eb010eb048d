import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Environment, LiveMap, type App } from "../../lib/index.ts";
import { createFaultApp, type Topics } from "./fault-pipeline.ts";
import { FaultSteps } from "./fault-steps.ts";
import { topicEntries } from "./faulty-run.ts";
import { printNow } from "./machine.ts";
import type { ChildNote, RunOrder } from "./run-order.ts";
import { observeStore, observeSystem } from "./system-steps.ts";

// The module that the command line is given: the app of the run that the file in the environment variable describes.

const { base, faults, number, project } = JSON.parse(readFileSync(process.env["FAULT_ORDER"]!, "utf8")) as RunOrder;

const steps = new FaultSteps(
  faults,
  (act) => void process.kill(process.pid, act.do === "term" ? act.signal : "SIGKILL"),
  (fault) => printNow(JSON.stringify({ run: number, fault: faults.indexOf(fault) } satisfies ChildNote)),
);
observeSystem(() => steps);

const environment = new Environment({ dbPath: join(base, ".tidemark") });
observeStore(environment, steps);
const topics: Topics = new LiveMap(topicEntries(project));

export const app: App<[], Promise<void>> = createFaultApp(environment, { base, project, steps, topics });
