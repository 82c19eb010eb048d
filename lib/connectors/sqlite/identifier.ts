import { shownValue } from "./shown-value.ts";

/** A name as SQL, whatever characters it is made of. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Names as a list of SQL. */
export function quoteNames(names: readonly string[]): string {
  return names.map(quoteName).join(", ");
}

/** A condition of SQL: a parameter for each name. */
export function equalities(names: readonly string[]): string {
  return names.map((name) => `${quoteName(name)} = ?`).join(" AND ");
}

/** The form in which SQLite compares names: it ignores the case of ASCII letters, and of no others. */
export function foldName(name: string): string {
  return name.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/**
 * Checks that SQLite can have such a name.
 *
 * @throws TypeError or RangeError that starts with `act`
 */
export function checkName(act: string, option: string, name: unknown): asserts name is string {
  if (typeof name !== "string") throw new TypeError(`${act}: \`${option}\` must be a string, got ${shownValue(name)}`);
  if (name === "" || name.includes("\0") || !name.isWellFormed()) {
    throw new RangeError(
      `${act}: \`${option}\` must be a name without NUL or broken characters, got ${shownValue(name)}`,
    );
  }
}
