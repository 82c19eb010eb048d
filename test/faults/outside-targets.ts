import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { join } from "node:path";
import {
  defineContainer,
  defineTarget,
  type ContainerKind,
  type ContainerState,
  type TargetHandler,
  type TargetProvider,
} from "../../lib/index.ts";
import type { FaultSteps } from "./fault-steps.ts";

/** One request to a service that outlives the process: a folder with a file for each state, and a log of the requests. */
interface OutsideAction {
  readonly root: string;
  readonly key: string;
  /** `undefined` for a removal. */
  readonly value: string | undefined;
  /** Whether a container has been made before. */
  readonly isOnRecord?: boolean;
}

/** The folder of the service in a project. */
const OUTSIDE = "outside";
/** The log of the service in a project. */
export const OUTSIDE_LOG = "outside.log";

/** The targets of the service. */
export interface OutsideTargets {
  readonly notes: TargetProvider<string, string>;
  /** Containers of notes. */
  readonly shelves: ContainerKind<string, string, string, string>;
}

/** Defines the targets of the service; `steps` gives the steps of the run in progress. */
export function defineOutsideTargets(steps: () => FaultSteps): OutsideTargets {
  const notes = (prefix: string): TargetHandler<string, string, string, OutsideAction> => ({
    reconcile({ desired, key, mayBeMissing, previous, root }) {
      steps().pass("note reconcile");
      const action = { root, key: `${prefix}${key}`, value: desired };
      if (desired === undefined) return { action, tracking: undefined };
      const isThere = previous.length > 0 && previous.every((state) => isDeepStrictEqual(state, desired));
      return isThere && !mayBeMissing ? undefined : { action, tracking: desired };
    },
    async apply(actions) {
      await steps().reach("note apply");
      for (const action of actions) {
        send(action);
        await steps().reach("note applied");
      }
    },
  });
  return {
    notes: defineTarget("test/faults/notes", notes("")),
    shelves: defineContainer<string, string, string, OutsideAction, string, string>("test/faults/shelf", {
      reconcile({ desired, key, previous, root }) {
        steps().pass("shelf reconcile");
        const action = { root, key: `shelf ${key}`, value: desired, isOnRecord: previous.length > 0 };
        return { action, tracking: desired };
      },
      async apply(actions) {
        await steps().reach("shelf apply");
        const states = actions.map(makeSure);
        await steps().reach("shelf applied");
        return states;
      },
      child: ({ key }) => notes(`shelf ${key} `),
    }),
  };
}

/** Brings a shelf about unless it is there: a container has an action in every run. */
function makeSure(action: OutsideAction): ContainerState {
  const isThere = existsSync(pathOf(action));
  // A full disk may have left an empty file.
  const isWhole = isThere ? readFileSync(pathOf(action), "utf8") === action.value : action.value === undefined;
  if (!isWhole) send(action);
  return !isThere && action.value !== undefined && action.isOnRecord === true ? "recreated" : "kept";
}

function send(action: OutsideAction): void {
  const { key, root, value } = action;
  appendFileSync(join(root, OUTSIDE_LOG), `${value === undefined ? "remove" : "write"} ${key}\n`);
  mkdirSync(join(root, OUTSIDE), { recursive: true });
  if (value === undefined) rmSync(pathOf(action), { force: true });
  else writeFileSync(pathOf(action), value);
}

function pathOf({ key, root }: OutsideAction): string {
  return join(root, OUTSIDE, encodeURIComponent(key));
}
