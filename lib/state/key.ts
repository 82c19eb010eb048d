/** A key that never equals one made from data; made by {@link symbolKey}. */
export interface SymbolKey {
  readonly symbolKey: string;
}

/** A part of a component's path or of a target's; values of different types are different keys. */
export type StableKey = string | number | bigint | boolean | null | Uint8Array | SymbolKey | readonly StableKey[];

/**
 * Creates the symbol key called `name`; two of one name are the same key.
 *
 * @throws `TypeError` when `name` is no string, or not well-formed Unicode.
 */
export function symbolKey(name: string): SymbolKey {
  if (typeof name !== "string") {
    throw new TypeError(`Cannot create symbol key: \`name\` must be a string, got ${typeof name}`);
  }
  if (!name.isWellFormed()) {
    throw new TypeError(`Cannot create symbol key: \`name\` must be well-formed Unicode, got ${JSON.stringify(name)}`);
  }
  return Object.freeze({ symbolKey: name });
}

/** Whether `key` is a {@link SymbolKey}. */
export function isSymbolKey(key: object): key is SymbolKey {
  return "symbolKey" in key && typeof key.symbolKey === "string";
}
