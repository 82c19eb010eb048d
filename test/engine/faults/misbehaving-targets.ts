import { defineContainer, defineTarget, type StableKey, type TargetProvider } from "../../../lib/index.ts";

/** Calls the user code at the place under test: as it misbehaves in this run, or else with the normal result. */
export type Act = <T>(normal: T) => T;

/** The values outside, by the keys of target states. */
export const outside = new Map<StableKey, unknown>();

let act: Act = (normal) => normal;

/** Sets the user code at the place under test. */
export function setAct(given: Act): void {
  act = given;
}

const applyTo = (actions: readonly { readonly key: StableKey; readonly value: unknown }[]): void => {
  for (const { key, value } of actions) {
    if (value === undefined) outside.delete(key);
    else outside.set(key, value);
  }
};

const reconcile = ({
  desired,
  key,
  mayBeMissing,
  previous,
}: {
  readonly desired: unknown;
  readonly key: StableKey;
  readonly mayBeMissing: boolean;
  readonly previous: readonly unknown[];
}) =>
  desired !== undefined && !mayBeMissing && previous.length > 0 && previous.every((one) => one === desired)
    ? undefined
    : { action: { key, value: desired }, tracking: desired };

/** The target of the components that nothing is wrong with. */
export const sound = defineTarget<StableKey, string, unknown, { key: StableKey; value: unknown }>("test/faults/sound", {
  reconcile,
  apply: applyTo,
});

/** The target that calls the user code under test to decide. */
export const deciding: TargetProvider<StableKey, string> = defineTarget<
  StableKey,
  string,
  unknown,
  { key: StableKey; value: unknown }
>("test/faults/deciding", { reconcile: (change) => act(reconcile(change)), apply: applyTo });

/** The target that calls the user code under test to apply. */
export const applying: TargetProvider<StableKey, string> = defineTarget<
  StableKey,
  string,
  unknown,
  { key: StableKey; value: unknown }
>("test/faults/applying", {
  reconcile,
  apply: (actions) => {
    const result = act<undefined | Promise<void>>(undefined);
    if (result !== undefined) return result;
    return applyTo(actions);
  },
});

/** A method of a container handler. */
export type Step = "reconcile" | "apply" | "child";

function containerThat(step: Step) {
  const at = <T>(own: Step, normal: T): T => (own === step ? act(normal) : normal);
  return defineContainer<string, object, true, { readonly isWanted: boolean }, StableKey, string>(
    `test/faults/${step}`,
    {
      reconcile: ({ desired }) =>
        at("reconcile", {
          action: { isWanted: desired !== undefined },
          tracking: desired === undefined ? undefined : (true as const),
        }),
      apply: (actions) =>
        at(
          "apply",
          actions.map(() => "kept" as const),
        ),
      child: () => at("child", { reconcile, apply: applyTo } as never),
    },
  );
}

/** Containers that call the user code under test in one of their steps. */
export const containers = {
  reconcile: containerThat("reconcile"),
  apply: containerThat("apply"),
  child: containerThat("child"),
};

/** Calls the user code under test. */
export const callAct: Act = (normal) => act(normal);
