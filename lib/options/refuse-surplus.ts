/**
 * Refuses an object of options after the last argument of a function that takes none. Other values pass: a function that is used as a
 * callback may be called with more than it takes. `act` is the caller's action in words, for the error.
 *
 * @throws TypeError that names the first option
 */
export function refuseSurplus(act: string, surplus: readonly unknown[]): void {
  const options = surplus.find(isOptions);
  if (options === undefined) return;
  const [name] = Object.keys(options);
  const got = name === undefined ? "an object" : `an object with \`${name}\``;
  throw new TypeError(`Cannot ${act}: there are no options for it, got ${got}`);
}

function isOptions(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
