/**
 * The promise of a mounted target, with `method` of the target: it throws, and says to await the promise. Without it, a forgotten
 * `await` fails with "is not a function", which names neither cause nor remedy.
 *
 * @returns `mounting` itself
 */
export function pendingTarget<T extends object>(
  mounting: Promise<T>,
  method: keyof T & string,
  mounter: string,
): Promise<T> {
  const refuse = (): never => {
    throw new TypeError(
      `Cannot call \`${method}\` of a promise: \`${mounter}\` gives the target once it is awaited; write \`await ${mounter}(…)\``,
    );
  };
  return Object.defineProperty(mounting, method, { value: refuse });
}
