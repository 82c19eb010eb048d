import type { OptionCheck } from "../../options/option-check.ts";

/**
 * How the files of a target survive a power cut. `"verify"`: the first update after the machine was restarted looks at each file that was
 * written before it, and writes missing and altered files again. `"flush"`: each file is on disk before it is recorded as written.
 */
export type Durability = "flush" | "verify";

const VALUES: readonly unknown[] = ["flush", "verify"] satisfies Durability[];

/** Accepts a {@link Durability}. */
export const DURABILITY: OptionCheck = {
  wanted: '"verify" or "flush"',
  accepts: (value) => VALUES.includes(value),
};
