/** The color of each outcome, under its name in legends; the same in all panels. */
export const OUTCOME_COLORS: Readonly<Record<string, string>> = {
  unchanged: "#8e8e8e",
  added: "green",
  reprocessed: "blue",
  deleted: "orange",
  failed: "red",
};
