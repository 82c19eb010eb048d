const SETTERS = Object.getOwnPropertyNames(Date.prototype).filter((name) => name.startsWith("set"));

const REFUSALS: PropertyDescriptorMap = Object.fromEntries(SETTERS.map((name) => [name, { value: refuse }]));

/** Copies a date for a frozen value: its setters throw a TypeError, so that all who get the value may share it. */
export function frozenDate(date: Date): Date {
  return Object.freeze(Object.defineProperties(new Date(date), REFUSALS));
}

function refuse(): never {
  throw new TypeError("Cannot set a date that others share: copy it first, with `new Date(date)`");
}
