import { fn, type Environment } from "../../lib/index.ts";
import type { Counts } from "../counts.ts";
import { createCountingApp } from "./counting-app.ts";

/** Updates an app with `body` as its main function; gives what was counted. */
export function run(environment: Environment, body: () => unknown): Promise<Record<string, Counts>> {
  return createCountingApp({ environment }).update(body);
}

/** A memoized function that notes what it was run with. */
export function createLog(body: (argument: string) => void = () => {}) {
  const ran: unknown[] = [];
  const work = fn({ memo: true }, function work(argument: unknown) {
    ran.push(argument);
    body(argument as string);
  });
  return { ran, work };
}
