import type { Side } from "./compare.ts";

/** Tidemark, as a user would write it. */
export const TIDEMARK: Side = { name: "tidemark", program: "./update/tidemark.ts" };

/** The floor: a script without an engine. */
export const BARE: Side = { name: "bare", program: "./update/bare.ts" };
