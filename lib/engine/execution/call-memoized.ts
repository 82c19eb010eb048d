import { isAsyncFunction } from "node:util/types";
import { callKey, type CallAnswer } from "../memo/call-results.ts";
import { fingerprintOf, formatOneFingerprintOf } from "../memo/call-fingerprint.ts";
import type { ArgumentsFingerprint } from "../memo/fingerprint.ts";
import { validMemo } from "../memo/valid-memo.ts";
import { Frame, runInFrame } from "../run/frame.ts";
import type { FunctionInfo } from "../memo/function-info.ts";
import { Dependencies } from "../memo/logic.ts";
import {
  askStates,
  checkStates,
  completeStates,
  requireStorable,
  withStates,
  type StatesCheck,
} from "../memo/memo-check.ts";
import { ExecutingCall } from "../memo/executing-call.ts";
import { copier } from "../memo/own-copy.ts";
import { ROW_FORMAT } from "../records/row-envelope.ts";
import type { CallRow } from "../records/row.ts";

/** Calls a memoized function inside a component: from the memo where it is valid, else by running it. */
export function callMemoized(frame: Frame, info: FunctionInfo, run: () => unknown, args: readonly unknown[]): unknown {
  return new Call(frame, info, run, args).answer();
}

/** The states that a row is stored with; `undefined` when no row can be valid. */
type States = readonly unknown[] | undefined;

class Call {
  readonly #frame: Frame;
  readonly #info: FunctionInfo;
  readonly #run: () => unknown;
  readonly #args: readonly unknown[];
  /** Of the arguments as given: the function, and its callers, may alter them. */
  readonly #call: ArgumentsFingerprint;
  readonly #key: string;

  constructor(frame: Frame, info: FunctionInfo, run: () => unknown, args: readonly unknown[]) {
    this.#frame = frame;
    this.#info = info;
    this.#run = run;
    this.#args = args;
    this.#call = fingerprintOf(info, args, frame.host.root);
    this.#key = callKey(this.#call.fingerprint);
  }

  answer(): unknown {
    const { host } = this.#frame;
    const known = host.calls.find(this.#key);
    if (known !== undefined) return this.#share(known);
    const stored = this.#findStored();
    const row = stored === undefined ? undefined : this.#validate(stored);
    if (row === undefined) return this.#miss(stored);
    const check = checkStates(this.#call.stateful, row.states);
    if (!(check instanceof Promise)) {
      return check.isValid ? this.#hit(row, check, row !== stored) : this.#execute(check.states);
    }
    if (row.isAsync) return this.#keepLater(this.#takeOrExecute(row, check, row !== stored));
    // A function that is not asynchronous cannot wait for the states of its arguments: it runs in any case.
    check.catch(() => {});
    return this.#execute(undefined);
  }

  /** Finds the stored row of the call, also where Tidemark 0.1 has stored it. */
  #findStored(): CallRow | undefined {
    const { host } = this.#frame;
    const row = host.storedCall(this.#call.fingerprint);
    if (row !== undefined || !host.hasFormatOneCalls) return row;
    return host.storedCall(formatOneFingerprintOf(this.#info, this.#args, host.root).fingerprint);
  }

  /** Returns the row if it is of the same call, and no other component has taken over its target states. */
  #validate(stored: CallRow): CallRow | undefined {
    const { host } = this.#frame;
    const row = validMemo(stored, this.#call, {
      formatOneCall: () => formatOneFingerprintOf(this.#info, this.#args, host.root),
      holds: (dependencies) => host.holds(dependencies),
      translate: (dependencies) => host.translate(dependencies),
    });
    const isOwner = row?.declared.every(([providerId, key]) => host.ownsTarget(providerId, key));
    return isOwner === true ? row : undefined;
  }

  #miss(stored: CallRow | undefined): unknown {
    const states = askStates(this.#call.stateful);
    if (!(states instanceof Promise)) return this.#execute(states);
    if (stored?.isAsync === true || isAsyncFunction(this.#info.implementation)) {
      return this.#keepLater(states.then((settled) => this.#executeLater(settled)));
    }
    // The function may be synchronous. If it is not, its row says so to the next run, which then waits for the states.
    states.catch(() => {});
    return this.#execute(undefined);
  }

  async #takeOrExecute(row: CallRow, check: Promise<StatesCheck>, isUpgraded: boolean): Promise<CallAnswer> {
    const checked = await check;
    return checked.isValid ? this.#take(row, checked, isUpgraded) : this.#executeLater(checked.states);
  }

  #hit(row: CallRow, check: StatesCheck, isUpgraded: boolean): unknown {
    const answer = this.#take(row, check, isUpgraded);
    return row.isAsync ? this.#keepLater(Promise.resolve(answer)) : this.#keep(answer);
  }

  #take(row: CallRow, check: StatesCheck, isUpgraded: boolean): CallAnswer {
    const { host } = this.#frame;
    if (check.hasChanged || isUpgraded) this.#write(withStates(row, check.states));
    host.declared.contain(row.declared);
    this.#inherit(row);
    return { row, copy: check.hasChanged || isUpgraded ? copier(row.value[0]) : this.#copierOf(row) };
  }

  /** Reads the row again for each caller but the first: most answers have one. */
  #copierOf(row: CallRow): () => unknown {
    const { host } = this.#frame;
    let next: CallRow | undefined = row;
    return () => {
      const { value } = next ?? host.storedCall(row.fingerprint) ?? row;
      next = undefined;
      return value[0];
    };
  }

  #share(known: CallAnswer | Promise<CallAnswer>): unknown {
    return known instanceof Promise ? known.then((answer) => this.#inheritAll(answer)) : this.#inheritAll(known);
  }

  #inheritAll({ copy, row }: CallAnswer): unknown {
    this.#inherit(row);
    return copy();
  }

  /** The caller inherits the dependencies and declared target states of an answer. */
  #inherit(row: CallRow): void {
    this.#frame.dependencies.addCall(row.dependencies);
    for (const [providerId, key] of row.declared) this.#frame.call?.declare(providerId, key);
  }

  /** Executes the call after a wait. With arguments that were altered meanwhile, the answer is not remembered. */
  async #executeLater(states: readonly unknown[]): Promise<CallAnswer> {
    const { fingerprint } = fingerprintOf(this.#info, this.#args, this.#frame.host.root);
    const isAltered = Buffer.compare(fingerprint, this.#call.fingerprint) !== 0;
    const execution = new Execution(this.#frame, this.#info);
    const row = this.#rowOf(await execution.run(this.#run), execution, { states, isAsync: true });
    if (!isAltered) this.#write(row);
    return answerOf(row);
  }

  #execute(states: States): unknown {
    const execution = new Execution(this.#frame, this.#info);
    const result = execution.run(this.#run);
    if (!(result instanceof Promise)) {
      const row = this.#rowOf(result, execution, { states, isAsync: false });
      if (states !== undefined) this.#write(row);
      return this.#keep(answerOf(row));
    }
    return this.#keepLater(this.#record(result, execution, states));
  }

  async #record(result: Promise<unknown>, execution: Execution, states: States): Promise<CallAnswer> {
    const row = this.#rowOf(await result, execution, { states, isAsync: true });
    this.#write(row);
    return answerOf(row);
  }

  /** Creates the row of an executed call. Without `states` it is never valid, and only says whether the function is asynchronous. */
  #rowOf(
    value: unknown,
    { call, dependencies }: Execution,
    { isAsync, states }: { readonly states: States; readonly isAsync: boolean },
  ): CallRow {
    requireStorable(this.#info.name, value);
    return {
      format: ROW_FORMAT,
      fingerprint: this.#call.fingerprint,
      dependencies: dependencies.toString(),
      states: states === undefined ? [] : completeStates({ call: this.#call, states }),
      value: [value],
      declared: call.declared,
      isAsync,
    };
  }

  /** The row is encoded here: the caller may alter the value. */
  #write(row: CallRow): void {
    const { host } = this.#frame;
    host.calls.write(this.#key, host.putCall(row));
  }

  #keep(answer: CallAnswer): unknown {
    this.#frame.host.calls.keep(this.#key, answer);
    return answer.copy();
  }

  #keepLater(answer: Promise<CallAnswer>): Promise<unknown> {
    this.#frame.host.calls.keep(this.#key, answer);
    return answer.then(({ copy }) => copy());
  }
}

function answerOf(row: CallRow): CallAnswer {
  return { row, copy: copier(row.value[0]) };
}

/** One execution of a memoized call. */
class Execution {
  readonly dependencies: Dependencies;
  readonly call: ExecutingCall;
  readonly #frame: Frame;

  constructor(frame: Frame, { logicId, logicTracking, name }: FunctionInfo) {
    this.dependencies = new Dependencies(logicTracking, frame.dependencies);
    if (logicTracking !== "none") this.dependencies.addOwn(logicId);
    this.call = new ExecutingCall(name, frame.call);
    this.#frame = frame;
  }

  run(body: () => unknown): unknown {
    const { component, scope } = this.#frame;
    return runInFrame(new Frame(component, scope, this.dependencies, this.call), body);
  }
}
