import { escapeUnprintable } from "../../text/plain-text.ts";

/** The exported group title of a component outside any stats group. */
export const ROOT_GROUP = "root";

/** The exported title of a stats group whose title is empty: Prometheus takes an empty label for none. */
const UNTITLED = "untitled";

/** What titles and component names beyond the bounds are exported as. */
export const OTHER = "other";

/** The longest attribute value that is exported, in UTF-16 code units before the escaping of control characters. */
export const MAX_ATTRIBUTE_LENGTH = 200;

/**
 * The most titles of stats groups that an app exports as they are. Each is nine series and more for every component in it, which
 * Prometheus keeps for as long as the process lives: a title made from data would add some with every item.
 */
export const MAX_EXPORTED_TITLES = 200;

/** The most component names that an app exports as they are: more than a program has functions, fewer than data has items. */
export const MAX_EXPORTED_COMPONENTS = 1000;

/** The most pairs of a component and a group that an app exports as they are. */
export const MAX_EXPORTED_PAIRS = 2000;

/** Exported titles of groups that have none, or one that is not exported; and the name of components that are not exported. */
const RESERVED_TITLES: readonly string[] = [ROOT_GROUP, UNTITLED, OTHER];
const RESERVED_NAMES: readonly string[] = [OTHER];

/**
 * Makes a title or name fit for export: bounded in length, well-formed, with control characters escaped, because a label is shown in
 * terminals, and with a double quote as a single one, because Grafana does not escape a double quote in the value of a variable.
 */
export function formatAttribute(value: string): string {
  const bounded = value.length > MAX_ATTRIBUTE_LENGTH ? `${value.slice(0, MAX_ATTRIBUTE_LENGTH - 1)}…` : value;
  return escapeUnprintable(bounded.toWellFormed()).replaceAll('"', "'");
}

/** Makes the title of a stats group fit for export; one that means something else there gets an underscore at its end. */
export function formatTitle(title: string): string {
  return title === "" ? UNTITLED : escapeReserved(formatAttribute(title), RESERVED_TITLES);
}

/** Makes the name of a component function fit for export; one that means something else there gets an underscore at its end. */
export function formatComponent(name: string): string {
  return escapeReserved(formatAttribute(name), RESERVED_NAMES);
}

/** Also where there is an underscore already: what differs stays different. */
function escapeReserved(value: string, reserved: readonly string[]): string {
  return reserved.includes(value.replace(/_+$/, "")) ? `${value}_` : value;
}
