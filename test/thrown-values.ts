import { runInNewContext } from "node:vm";
import { TidemarkError } from "../lib/index.ts";

/** A word in messages that tells thrown values from errors of Tidemark itself. */
const MESSAGE = "planned";

function refuse(): never {
  throw new Error(`${MESSAGE}: cannot be read`);
}

const unreadable = { get: refuse, configurable: true };

/** Creates an error with a property that cannot be read. */
function errorWithout(property: string): Error {
  return Object.defineProperty(new Error(MESSAGE), property, unreadable);
}

/** Creates a proxy that throws at every operation. */
function createRevoked(): unknown {
  const { proxy, revoke } = Proxy.revocable(new Error(MESSAGE), {});
  revoke();
  return proxy;
}

/** Creates a proxy that throws in every trap. */
function createClosed(target: object): object {
  const traps = Reflect.ownKeys(Reflect).filter((name) => typeof name === "string");
  return new Proxy(target, Object.fromEntries(traps.map((name) => [name, refuse])));
}

function createOwnCause(): Error {
  const error = new Error(MESSAGE);
  error.cause = error;
  return error;
}

function createCircle(): Error {
  const error = new Error(MESSAGE);
  error.cause = new Error("inner", { cause: error });
  return error;
}

function createChain(): Error {
  let error = new Error("innermost");
  for (let depth = 0; depth < 1000; depth++) error = new Error("outer", { cause: error });
  return error;
}

function createAggregate(): AggregateError {
  return new AggregateError(Array.from({ length: 10_000 }, (_, index) => new Error(`error ${index}`)));
}

/** Creates a value when it is first needed, and only once. */
function once<T>(create: () => T): () => T {
  let created: { readonly value: T } | undefined;
  return () => (created ??= { value: create() }).value;
}

const methodsThatThrow = {
  toString: refuse,
  toJSON: refuse,
  valueOf: refuse,
  [Symbol.toPrimitive]: refuse,
  [Symbol.for("nodejs.util.inspect.custom")]: refuse,
};

/** The values that user code may throw, each kind with a way to create one. A change of the list changes the cases of a seed in `test/faults`. */
export const THROWN_VALUES = {
  "an error": () => new Error(MESSAGE),
  "an error of Tidemark": () => new TidemarkError("STORE_UNAVAILABLE", MESSAGE),
  "an error of another realm": () => runInNewContext(`new Error(${JSON.stringify(MESSAGE)})`) as unknown,
  undefined: () => undefined,
  null: () => null,
  "a number": () => 7,
  NaN: () => NaN,
  "a bigint": () => 7n,
  "a boolean": () => false,
  "a string": () => MESSAGE,
  "an empty string": () => "",
  "a huge string": () => "x".repeat(5_000_000),
  "half a character": () => "\ud800",
  "a symbol": () => Symbol(MESSAGE),
  "a function": () => () => {},
  "a function that throws": () => refuse,
  "a class": () => Error,
  "a plain object": () => ({ code: "EBOOM" }),
  "an object without a prototype": () => Object.create(null) as unknown,
  "an array": () => [new Error(MESSAGE)],
  "a frozen error": () => Object.freeze(new Error(MESSAGE)),
  "an error without a stack": () => Object.assign(new Error(MESSAGE), { stack: undefined }),
  "an error without a readable message": () => errorWithout("message"),
  "an error without a readable stack": () => errorWithout("stack"),
  "an error without a readable name": () => errorWithout("name"),
  "an error without a readable cause": () => errorWithout("cause"),
  "an error with fields of other types": () =>
    Object.assign(new Error("x"), { message: 7, name: null, stack: {}, code: {} }),
  "an error with a long message": () => new Error(MESSAGE.repeat(20_000)),
  "an error with a huge message": () => new Error("y".repeat(5_000_000)),
  "an error that is its own cause": createOwnCause,
  "a circle of causes": createCircle,
  "a chain of 1,000 causes": once(createChain),
  "an AggregateError of an error and undefined": () => new AggregateError([new Error(MESSAGE), undefined], MESSAGE),
  "an AggregateError of 10,000": once(createAggregate),
  "an AbortError": () => new DOMException(MESSAGE, "AbortError"),
  "a revoked proxy": createRevoked,
  "a proxy that throws in every trap": () => createClosed({}),
  "a proxy of an error that throws in every trap": () => createClosed(new Error(MESSAGE)),
  "a proxy of a function that throws in every trap": () => createClosed(() => {}),
  "an object with methods that throw": () => ({ ...methodsThatThrow }),
  "an error with methods that throw": () => Object.assign(new Error(MESSAGE), methodsThatThrow),
  "an object without a readable code": () => Object.defineProperty({}, "code", unreadable),
  // oxlint-disable-next-line unicorn/no-thenable -- the tests cover all kinds of thenables
  "an object with a then that throws": () => ({ then: refuse }),
  // oxlint-disable-next-line unicorn/no-thenable -- the tests cover all kinds of thenables
  "an object with a then that cannot be read": () => Object.defineProperty({}, "then", unreadable),
} as const satisfies Readonly<Record<string, () => unknown>>;

/** A kind of value that user code can throw. */
export type ThrownKind = keyof typeof THROWN_VALUES;
