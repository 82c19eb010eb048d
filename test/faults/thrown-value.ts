import { runInNewContext } from "node:vm";
import { TidemarkError } from "../../lib/index.ts";

const MESSAGE = "planned";

/** Creates a proxy that throws at every operation. */
function createHostile(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function createCycle(): Error {
  const error = new Error(MESSAGE);
  error.cause = error;
  return error;
}

function refuse(): never {
  throw new Error(`${MESSAGE}: a getter`);
}

const THROWN = {
  error: () => new Error(MESSAGE),
  "error of Tidemark": () => new TidemarkError("STORE_UNAVAILABLE", MESSAGE),
  "abort error": () => new DOMException(MESSAGE, "AbortError"),
  "error of another realm": () => runInNewContext(`new Error(${JSON.stringify(MESSAGE)})`) as unknown,
  "error that is its own cause": createCycle,
  "error without a stack": () => Object.assign(new Error(MESSAGE), { stack: undefined }),
  "error with a hostile message": () => Object.defineProperty(new Error(), "message", { get: refuse }),
  "error with a long message": () => new Error(MESSAGE.repeat(20_000)),
  "frozen error": () => Object.freeze(new Error(MESSAGE)),
  "aggregate error": () => new AggregateError([new Error(MESSAGE), undefined], MESSAGE),
  string: () => MESSAGE,
  "empty string": () => "",
  number: () => Number.NaN,
  bigint: () => 1n,
  symbol: () => Symbol(MESSAGE),
  null: () => null,
  undefined: () => undefined,
  function: () => refuse,
  thenable: () => Object.fromEntries(["then"].map((name) => [name, refuse])) as unknown,
  "object without a prototype": () => Object.create(null) as unknown,
  "object with hostile getters": () => Object.defineProperty({}, "code", { get: refuse }),
  "revoked proxy": createHostile,
} as const;

/** A kind of value that user code can throw. */
export type ThrownKind = keyof typeof THROWN;

/** All kinds of values that user code can throw. */
export const THROWN_KINDS = Object.keys(THROWN) as readonly ThrownKind[];

/** Creates a value of a kind. */
export function createThrown(kind: ThrownKind): unknown {
  return THROWN[kind]();
}
