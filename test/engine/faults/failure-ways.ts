/** The ways of a failure at a place where user code is called. */
export const WAYS: Readonly<Record<string, (value: unknown) => unknown>> = {
  throws: (value) => {
    throw value;
  },
  "rejects with": (value) => Promise.reject(value),
  "gives a thenable that rejects with": (value) => ({
    // oxlint-disable-next-line unicorn/no-thenable -- the tests cover all kinds of thenables
    then: (_resolve: unknown, reject: (reason: unknown) => void) => reject(value),
  }),
  "gives a thenable whose then throws": (value) => ({
    // oxlint-disable-next-line unicorn/no-thenable -- the tests cover all kinds of thenables
    then: () => {
      throw value;
    },
  }),
};

/** The ways in which user code never ends. */
export const HANGS: Readonly<Record<string, () => unknown>> = {
  "a promise that never settles": () => new Promise(() => {}),
  "a thenable that never settles": () => ({
    // oxlint-disable-next-line unicorn/no-thenable -- the tests cover all kinds of thenables
    then: () => {},
  }),
};
