function thrower(): never {
  throw new Error("nothing can be read");
}

const readThrower = { get: thrower, configurable: true };

/** An error with a property that cannot be read. */
function errorWithout(property: string): Error {
  return Object.defineProperty(new Error("secret"), property, readThrower);
}

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable(new Error("revoked"), {});
  revoke();
  return proxy;
}

/** A proxy that throws in every trap. */
function closed(target: object): object {
  const traps = Reflect.ownKeys(Reflect).filter((name) => typeof name === "string");
  return new Proxy(target, Object.fromEntries(traps.map((name) => [name, thrower])));
}

function circle(): Error {
  const error = new Error("circle");
  error.cause = new Error("inner", { cause: error });
  return error;
}

function deepChain(): Error {
  let error = new Error("innermost");
  for (let depth = 0; depth < 1000; depth++) error = new Error("outer", { cause: error });
  return error;
}

// Created once: they take long.
const chain = deepChain();
const aggregate = new AggregateError(Array.from({ length: 10_000 }, (_, index) => new Error(`error ${index}`)));

const methodsThatThrow = {
  toString: thrower,
  toJSON: thrower,
  valueOf: thrower,
  [Symbol.toPrimitive]: thrower,
  [Symbol.for("nodejs.util.inspect.custom")]: thrower,
};

/** The values that user code may throw, each kind with a way to create one. */
export const THROWN_VALUES: Readonly<Record<string, () => unknown>> = {
  "an error": () => new Error("boom"),
  undefined: () => undefined,
  null: () => null,
  "a number": () => 7,
  NaN: () => NaN,
  "a bigint": () => 7n,
  "a boolean": () => false,
  "an empty string": () => "",
  "a huge string": () => "x".repeat(5_000_000),
  "half a character": () => "\ud800",
  "a symbol": () => Symbol("boom"),
  "a function": () => () => {},
  "a class": () => Error,
  "a plain object": () => ({ code: "EBOOM" }),
  "an object without a prototype": () => Object.create(null) as unknown,
  "an array": () => [new Error("boom")],
  "a frozen error": () => Object.freeze(new Error("frozen")),
  "an error without a readable message": () => errorWithout("message"),
  "an error without a readable stack": () => errorWithout("stack"),
  "an error without a readable name": () => errorWithout("name"),
  "an error without a readable cause": () => errorWithout("cause"),
  "an error with fields of other types": () =>
    Object.assign(new Error("x"), { message: 7, name: null, stack: {}, code: {} }),
  "an error with a huge message": () => new Error("y".repeat(5_000_000)),
  "a circle of causes": circle,
  "a chain of 1,000 causes": () => chain,
  "an AggregateError of 10,000": () => aggregate,
  "an AbortError": () => new DOMException("aborted", "AbortError"),
  "a revoked proxy": revoked,
  "a proxy that throws in every trap": () => closed({}),
  "a proxy of an error that throws in every trap": () => closed(new Error("hidden")),
  "a proxy of a function that throws in every trap": () => closed(() => {}),
  "an object with methods that throw": () => ({ ...methodsThatThrow }),
  "an error with methods that throw": () => Object.assign(new Error("methods"), methodsThatThrow),
  // oxlint-disable-next-line unicorn/no-thenable -- thenables of all kinds are what is tested
  "an object with a then that cannot be read": () => Object.defineProperty({}, "then", readThrower),
};

/** The ways of a failure at a place where user code is called. */
export const WAYS: Readonly<Record<string, (value: unknown) => unknown>> = {
  throws: (value) => {
    throw value;
  },
  "rejects with": (value) => Promise.reject(value),
  "gives a thenable that rejects with": (value) => ({
    // oxlint-disable-next-line unicorn/no-thenable -- thenables of all kinds are what is tested
    then: (_resolve: unknown, reject: (reason: unknown) => void) => reject(value),
  }),
  "gives a thenable whose then throws": (value) => ({
    // oxlint-disable-next-line unicorn/no-thenable -- thenables of all kinds are what is tested
    then: () => {
      throw value;
    },
  }),
};

/** The ways in which user code never ends. */
export const HANGS: Readonly<Record<string, () => unknown>> = {
  "a promise that never settles": () => new Promise(() => {}),
  "a thenable that never settles": () => ({
    // oxlint-disable-next-line unicorn/no-thenable -- thenables of all kinds are what is tested
    then: () => {},
  }),
};
