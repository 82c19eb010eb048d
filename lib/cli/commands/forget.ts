import { formatCountOf } from "../../text/count.ts";
import { toPlainText } from "../../text/plain-text.ts";
import type { ForgottenState } from "../../app/forget.ts";
import { confirm } from "../console/confirm.ts";
import { EXIT_CODES } from "../console/exit.ts";
import { printLines } from "../console/print-lines.ts";
import { UsageError } from "../console/usage-error.ts";
import { findApp } from "../load/find-app.ts";

/** Options of {@link runForget}. */
export interface ForgetCommandOptions {
  readonly orphans?: boolean;
  readonly json?: boolean;
  readonly force?: boolean;
  /** The folder of a store: APP is the name of an app then. */
  readonly db?: string;
}

/** `tidemark forget`: forgets target states without removing them and resolves with the exit code. */
export async function runForget(
  argument: string,
  names: readonly string[],
  options: ForgetCommandOptions,
): Promise<number> {
  const { force = false, json = false, orphans = false } = options;
  if (names.length === 0 && !orphans) {
    throw new UsageError("Cannot forget target states: name them by PATH, or use --orphans");
  }
  const { environment, name: app } = await findApp(argument, options.db, "forget target states");
  await using _environment = environment;
  const { planForget } = await import("../../app/forget.ts");
  const plan = await planForget(environment, { app, names, orphans, workingDirectory: process.cwd() });
  if (plan.unknownNames.length > 0) {
    throw new UsageError(`Cannot forget ${plan.unknownNames.join(", ")}: app "${app}" has no such target state`);
  }
  if (plan.states.length > 0 && !force && !(await isAgreed(app, plan.states))) {
    process.stderr.write("Nothing was forgotten\n");
    return EXIT_CODES.failed;
  }
  await plan.forget();
  await printLines(json ? plan.states.map((state) => JSON.stringify(state)) : renderForgotten(app, plan.states));
  return EXIT_CODES.done;
}

async function isAgreed(app: string, states: readonly ForgottenState[]): Promise<boolean> {
  for (const state of states) process.stderr.write(`${renderState(state)}\n`);
  return confirm(`Forget ${formatCountOf(states.length, "target state")} of app "${app}" without removing them?`);
}

function renderForgotten(app: string, states: readonly ForgottenState[]): readonly string[] {
  if (states.length === 0) return [`Nothing to forget: app "${toPlainText(app)}" has no orphans`];
  const end = `Forgot ${formatCountOf(states.length, "target state")} of app "${toPlainText(app)}"`;
  return [...states.map(renderState), end];
}

function renderState({ component, reason, target }: ForgottenState): string {
  const owner = component === "" ? "" : ` of ${component}`;
  return toPlainText(`  ${target}${owner}${reason === "named" ? "" : ` (${reason})`}`);
}
