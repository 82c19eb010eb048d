import { median } from "./table.ts";

/**
 * Measures each of `variants` once in each repetition, in turn, and gives the figures of each. The order is reversed from one
 * repetition to the next, so that none always follows the same other.
 */
export async function interleave<V, F>(
  variants: readonly V[],
  repetitions: number,
  measure: (variant: V) => F | Promise<F>,
): Promise<Map<V, F[]>> {
  const figures = new Map<V, F[]>(variants.map((variant) => [variant, []]));
  for (let repetition = 0; repetition < repetitions; repetition++) {
    for (const variant of repetition % 2 === 0 ? variants : variants.toReversed()) {
      figures.get(variant)!.push(await measure(variant));
    }
  }
  return figures;
}

/** The median of one figure of several. */
export function medianOf<F>(figures: readonly F[], pick: (figure: F) => number): number {
  return median(figures.map(pick));
}
