import { Tally } from "./tally.ts";

/** One tally counts for the whole process. */
export const processTally: Tally = new Tally();
