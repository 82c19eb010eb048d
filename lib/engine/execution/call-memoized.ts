import { callKey, type CallResult } from "../memo/call-results.ts";
import { fingerprintCall, type ArgumentsFingerprint } from "../memo/fingerprint.ts";
import { Frame, runInFrame } from "../run/frame.ts";
import type { FunctionInfo } from "../memo/function-info.ts";
import { Dependencies } from "../memo/logic.ts";
import { checkStates, collectStates, matchesMemo, requireStorable, type StatesCheck } from "../memo/memo-check.ts";
import { withMemoRoot } from "../memo/memo-root.ts";
import { ExecutingCall } from "../memo/executing-call.ts";
import { ROW_FORMAT } from "../records/row-envelope.ts";
import type { CallRow } from "../records/row.ts";

/** Calls a memoized function inside a component: from the memo where it is valid, else by running it. */
export function callMemoized(frame: Frame, info: FunctionInfo, run: () => unknown, args: readonly unknown[]): unknown {
  const logicId = info.logicTracking === "none" ? undefined : info.logicId;
  const fingerprint = withMemoRoot(frame.host.root, () => fingerprintCall(info.name, args, logicId));
  return new Call(frame, info, run, fingerprint).answer();
}

class Call {
  readonly #frame: Frame;
  readonly #info: FunctionInfo;
  readonly #run: () => unknown;
  readonly #fingerprint: ArgumentsFingerprint;
  readonly #key: string;

  constructor(frame: Frame, info: FunctionInfo, run: () => unknown, fingerprint: ArgumentsFingerprint) {
    this.#frame = frame;
    this.#info = info;
    this.#run = run;
    this.#fingerprint = fingerprint;
    this.#key = callKey(fingerprint.fingerprint);
  }

  answer(): unknown {
    const { host } = this.#frame;
    const answer = host.calls.find(this.#key);
    if (answer !== undefined) return this.#reuse(answer);
    const row = host.storedCall(this.#fingerprint.fingerprint);
    if (row === undefined || !this.#canUse(row)) return this.#execute();
    const check = checkStates(this.#fingerprint.stateful, row.states);
    if (!(check instanceof Promise)) return check.isValid ? this.#hit(row, check) : this.#execute();
    if (!row.isAsync) {
      // A function that is not asynchronous cannot wait for its arguments to be checked: it runs, whatever comes of that.
      check.catch(() => {});
      return this.#execute();
    }
    return this.#keep(check.then((checked) => (checked.isValid ? this.#take(row, checked) : this.#execute())));
  }

  /** Whether it is the same call, and what it declared has not gone over to another component. */
  #canUse(row: CallRow): boolean {
    const { host } = this.#frame;
    return (
      matchesMemo(row, this.#fingerprint, (dependencies) => host.holds(dependencies)) &&
      row.declared.every(([providerId, key]) => host.ownsTarget(providerId, key))
    );
  }

  #hit(row: CallRow, check: StatesCheck): unknown {
    const value = this.#take(row, check);
    return this.#keep(row.isAsync ? Promise.resolve(value) : value, row);
  }

  #take(row: CallRow, check: StatesCheck): unknown {
    const { host } = this.#frame;
    if (check.hasChanged) this.#write({ ...row, states: check.states });
    host.declared.contain(row.declared);
    this.#inherit(row);
    return row.value[0];
  }

  #reuse(answer: CallResult): unknown {
    if (!(answer.value instanceof Promise)) return this.#inheritFrom(answer, answer.value);
    return answer.value.then((value: unknown) => this.#inheritFrom(answer, value));
  }

  #inheritFrom(answer: CallResult, value: unknown): unknown {
    if (answer.row !== undefined) this.#inherit(answer.row);
    return value;
  }

  /** What an answer depended on and declared counts for the caller as well. */
  #inherit(row: CallRow): void {
    this.#frame.dependencies.addCall(row.dependencies);
    for (const [providerId, key] of row.declared) this.#frame.call?.declare(providerId, key);
  }

  #execute(): unknown {
    const { logicTracking, logicId, name } = this.#info;
    const dependencies = new Dependencies(logicTracking, this.#frame.dependencies);
    if (logicTracking !== "none") dependencies.addOwn(logicId);
    const call = new ExecutingCall(name, this.#frame.call);
    const inner = new Frame(this.#frame.component, this.#frame.scope, dependencies, call);
    const result = runInFrame(inner, this.#run);
    if (!(result instanceof Promise)) {
      const states = collectStates(this.#fingerprint.stateful);
      if (states instanceof Promise) {
        // Without the states there is no memo; the next run executes the call again.
        states.catch(() => {});
        return this.#keep(result);
      }
      return this.#keep(result, this.#record(result, states, { call, dependencies, isAsync: false }));
    }
    return this.#keep(
      result.then(async (value: unknown) => {
        const states = await collectStates(this.#fingerprint.stateful);
        const row = this.#record(value, states, { call, dependencies, isAsync: true });
        const answer = this.#frame.host.calls.find(this.#key);
        if (answer !== undefined) answer.row = row;
        return value;
      }),
    );
  }

  #record(
    value: unknown,
    states: readonly unknown[],
    made: { readonly call: ExecutingCall; readonly dependencies: Dependencies; readonly isAsync: boolean },
  ): CallRow {
    requireStorable(this.#info.name, value);
    const row: CallRow = {
      format: ROW_FORMAT,
      fingerprint: this.#fingerprint.fingerprint,
      dependencies: made.dependencies.toString(),
      states,
      value: [value],
      declared: made.call.declared,
      isAsync: made.isAsync,
    };
    this.#write(row);
    return row;
  }

  /** The row is encoded here, because whoever gets the value may alter it. */
  #write(row: CallRow): void {
    const { host } = this.#frame;
    host.calls.write(this.#key, host.putCall(row));
  }

  #keep(value: unknown, row?: CallRow): unknown {
    this.#frame.host.calls.keep(this.#key, { value, row });
    return value;
  }
}
