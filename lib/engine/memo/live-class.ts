/** What makes a class one of live components; see `LiveComponent`. */
export type LiveClass<A extends readonly unknown[] = readonly never[]> = new (...args: A) => {
  process(): void | Promise<void>;
  processLive(operator: never): Promise<void>;
};

/** Whether `target` is a class of live components. */
export function isLiveClass(target: unknown): target is LiveClass {
  if (typeof target !== "function") return false;
  const prototype = target.prototype as { readonly process?: unknown; readonly processLive?: unknown } | undefined;
  return typeof prototype?.process === "function" && typeof prototype.processLive === "function";
}
