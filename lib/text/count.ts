// Made when first needed: it takes longer than everything else that is loaded with it.
let countFormat: Intl.NumberFormat | undefined;

/** A count for people: `1204` is "1,204", whatever the locale. */
export function formatCount(count: number): string {
  countFormat ??= new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
  return countFormat.format(count);
}

/** A count with its noun: "1 error", "3 errors". */
export function formatCountOf(count: number, singular: string, plural: string = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`;
}
