/** What is selected in a dashboard: values of variables; a variable that is not there stands on All. */
export type Selection = Readonly<Record<string, readonly string[]>>;

/** The times that Grafana puts into an expression. */
export interface Timing {
  readonly rangeSeconds: number;
  readonly stepSeconds: number;
  /** The scrape interval that the data source is told of. */
  readonly scrapeSeconds: number;
}

/** The value that the variables of the dashboards have on All. */
const ALL_VALUE = ".+";

/** Replaces variables and macros in an expression as Grafana 13 does, in its order. */
export function interpolate(expr: string, selection: Selection, timing: Timing): string {
  const { rangeSeconds, scrapeSeconds, stepSeconds } = timing;
  const rateSeconds = Math.max(stepSeconds + scrapeSeconds, 4 * scrapeSeconds);
  return expr
    .replaceAll("$__interval_ms", String(stepSeconds * 1000))
    .replaceAll("$__interval", `${stepSeconds}s`)
    .replaceAll("$__range_ms", String(rangeSeconds * 1000))
    .replaceAll("$__range_s", String(rangeSeconds))
    .replaceAll("$__range", `${rangeSeconds}s`)
    .replaceAll("$__rate_interval_ms", String(rateSeconds * 1000))
    .replaceAll("$__rate_interval", `${rateSeconds}s`)
    .replaceAll(/\$([a-z]+)/g, (_, name: string) => formatValues(selection[name]));
}

function formatValues(values: readonly string[] | undefined): string {
  if (values === undefined) return ALL_VALUE;
  const escaped = values.map((value) => escapeValue(value));
  return escaped.length === 1 ? escaped[0]! : `(${escaped.join("|")})`;
}

/** Makes a value a part of a regular expression in a string of PromQL. */
function escapeValue(value: string): string {
  return value.replaceAll("\\", String.raw`\\\\`).replaceAll(/[$^*{}[\]'+?.()|]/g, String.raw`\\$&`);
}
