import {
  autoRefresh,
  componentSubpath,
  declareTargetState,
  exceptionHandler,
  fn,
  map,
  memoKey,
  memoState,
  mount,
  mountEach,
  mountTarget,
  statsGroup,
  useMount,
} from "../../../lib/index.ts";
import { feed, iterable, liveComponent } from "./misbehaving-sources.ts";
import { applying, callAct, containers, deciding, sound, type Act, type Step } from "./misbehaving-targets.ts";

/**
 * The outcome of a throw at a place: the run fails with the value; a component does; or a component fails with another error, which the
 * engine makes where the value is no answer.
 */
export type FaultOutcome = "run" | "component" | "handled";

/** A place in the public API where user code is called. */
export interface UserCodePlace {
  readonly throwing: FaultOutcome;
  /**
   * The fate of a promise where the place takes none: `"refused"` with an error of the engine's own, `"ignored"` as in any function whose
   * promise nobody sees; `"refused thenables"` where only native promises are taken. @default as for a throw
   */
  readonly rejecting?: "refused" | "refused thenables" | "ignored";
  /** Whether a call that never settles keeps the run from ending; `false` where the place takes no promise. @default true */
  readonly mayHang?: boolean;
  /** Whether odd answers are tried; `false` where most of them stand for endless items. @default true */
  readonly mayBeOdd?: boolean;
  /** Whether the place is the exception handler of the environment. @default false */
  readonly isEnvironmentHandler?: boolean;
  /** The body of the main function. */
  readonly main: (act: Act) => unknown;
}

const declareOwn = (): void => declareTargetState(sound, "own", "value");

/** A component that declares the state `own`, after `act` where that is given. */
const item = (body: () => unknown = () => undefined) =>
  fn({ name: "item" }, (..._args: readonly unknown[]) => {
    declareOwn();
    return body();
  });

const mountingIn = (step: Step) => async (): Promise<void> => {
  await mount(
    fn({ name: "item" }, async () => {
      const provider = await mountTarget(containers[step].at("c", {}));
      declareTargetState(provider, "own", "value");
    }),
  );
};

const broken = fn({ name: "broken" }, () => {
  throw new Error("broken");
});

class Argument {
  readonly #isKey: boolean;
  constructor(isKey: boolean) {
    this.#isKey = isKey;
  }
  [memoKey](): unknown {
    return this.#isKey ? callAct("key") : "key";
  }
  [memoState](): { state: number; isValid: boolean } {
    const normal = { state: 1, isValid: false };
    return this.#isKey ? normal : callAct(normal);
  }
}

const memoized = fn({ memo: true, name: "item" }, (_argument: Argument) => declareOwn());

/** Every place in the public API where user code is called. */
export const USER_CODE_PLACES: Readonly<Record<string, UserCodePlace>> = {
  "the main function": { throwing: "run", main: (own) => (mount(item()), own(undefined)) },
  "a mounted component": { throwing: "component", main: (own) => mount(item(() => own(undefined))) },
  "a component whose value is used": { throwing: "run", main: (own) => useMount(item(() => own(undefined))) },
  "a memoized component whose value is used": {
    throwing: "run",
    main: (own) => useMount(fn({ memo: true, name: "item" }, () => (declareOwn(), own(undefined)))),
  },
  "a component of `mountEach`": {
    throwing: "component",
    main: (own) =>
      mountEach(
        item(() => own(undefined)),
        [["a", "a"]],
      ),
  },
  "a component that is not awaited": { throwing: "component", main: (own) => void mount(item(() => own(undefined))) },
  "a memoized call": {
    throwing: "component",
    rejecting: "refused thenables",
    main: (own) => mount(item(() => fn({ memo: true, name: "call" }, () => own(1))())),
  },
  "a function of `map`": {
    throwing: "run",
    main: async (own) => (await mount(item()), await map(() => own(1), [1, 2])),
  },
  "the items of `map`": {
    mayBeOdd: false,
    throwing: "run",
    main: async (own) => (await mount(item()), await map(() => 1, iterable(own, "next", true))),
  },
  "the body of a stats group": {
    throwing: "run",
    main: (own) => statsGroup("Group", () => (mount(item()), own(undefined))),
  },
  "the body of a subpath": {
    throwing: "run",
    main: (own) => componentSubpath("a").run(() => (mount(item()), own(undefined))),
  },
  "the body of an exception handler": {
    throwing: "run",
    main: (own) =>
      exceptionHandler(
        () => {},
        () => (mount(item()), own(undefined)),
      ),
  },
  "an exception handler": {
    throwing: "handled",
    main: (own) =>
      exceptionHandler(
        () => own(undefined),
        async () => (await mount(item()), await mount("broken", broken)),
      ),
  },
  "the exception handler of the environment": {
    throwing: "run",
    isEnvironmentHandler: true,
    main: async () => {
      await mount(item());
      await (await mount("broken", broken)).ready();
    },
  },
  "an iterator that is made": {
    throwing: "run",
    rejecting: "ignored",
    mayHang: false,
    main: (own) => mountEach(item(), iterable(own, "iterator", false)),
  },
  "`next` of an iterator": {
    throwing: "run",
    rejecting: "ignored",
    mayHang: false,
    main: (own) => mountEach(item(), iterable(own, "next", false)),
  },
  "`next` of an asynchronous iterator": {
    throwing: "run",
    main: (own) => mountEach(item(), iterable(own, "next", true)),
  },
  "a memo key": {
    throwing: "component",
    rejecting: "refused",
    mayHang: false,
    main: () => mount(memoized, new Argument(true)),
  },
  "a memo state": { throwing: "component", main: () => mount(memoized, new Argument(false)) },
  "`reconcile`": {
    throwing: "component",
    rejecting: "refused",
    mayHang: false,
    main: () => mount(fn({ name: "item" }, () => declareTargetState(deciding, "own", "value"))),
  },
  "`apply`": {
    throwing: "component",
    main: () => mount(fn({ name: "item" }, () => declareTargetState(applying, "own", "value"))),
  },
  "`reconcile` of a container": {
    throwing: "component",
    rejecting: "refused",
    mayHang: false,
    main: mountingIn("reconcile"),
  },
  "`apply` of a container": { throwing: "component", main: mountingIn("apply") },
  "`child` of a container": { throwing: "component", rejecting: "refused", mayHang: false, main: mountingIn("child") },
  "`watch` of a feed": { throwing: "handled", main: (own) => mountEach(item(), feed("watch", own)) },
  "the listing of a feed": { throwing: "handled", main: (own) => mountEach(item(), feed("updateAll", own)) },
  "a component of a feed": {
    throwing: "component",
    main: (own) =>
      mountEach(
        item(() => own(undefined)),
        feed("update", own),
      ),
  },
  "the constructor of a live component": {
    throwing: "handled",
    rejecting: "ignored",
    mayHang: false,
    main: (own) => mount(liveComponent("constructor", own)),
  },
  "`process` of a live component": { throwing: "component", main: (own) => mount(liveComponent("process", own)) },
  "`processLive` of a live component": {
    throwing: "handled",
    main: (own) => mount(liveComponent("processLive", own)),
  },
  "a refreshed function": {
    throwing: "component",
    main: (own) =>
      mount(
        autoRefresh(
          item(() => own(undefined)),
          { intervalMs: 1000 },
        ),
      ),
  },
};
