/** An expression that does nothing but add up a metric. */
export interface PanelSum {
  /** Of which processes: those that can be scraped, the last one of each target, or all of the time range. */
  readonly scope: "now" | "last" | "range";
  readonly metric: string;
  readonly by: readonly string[];
  /** The variables that choose what is added up. */
  readonly variables: readonly string[];
}

const BY = String.raw`sum(?: by \((?<by>[^)]*)\) )?\(`;
const SELECTOR = String.raw`(?<metric>\w+)\{(?<matchers>[^}]*)\}`;
const SAME = String.raw`\k<metric>\{[^}]*\}`;
const FORMS = {
  now: new RegExp(`^${BY}${SELECTOR}\\)$`),
  last: new RegExp(String.raw`^${BY}last_over_time\(${SELECTOR}\[\$__range\]\) unless on \([^)]*\) \([^/]*\)\)$`),
  range: new RegExp(
    String.raw`^${BY}last_over_time\(${SELECTOR}\[\$__range\]\) unless last_over[^/]* or increase\(${SAME}\[\$__range\]\)\)$`,
  ),
};

/** Reads an expression that adds up a metric; `undefined` for any other. */
export function readPanelSum(expr: string): PanelSum | undefined {
  const ranked = /^topk\(10, (.*)\)$/s.exec(expr)?.[1] ?? expr;
  for (const scope of ["now", "last", "range"] as const) {
    const groups = FORMS[scope].exec(ranked)?.groups;
    if (groups === undefined) continue;
    const by = groups["by"]?.split(", ") ?? [];
    const variables = [...groups["matchers"]!.matchAll(/\$([a-z]+)/g)].map(([, name]) => name!);
    return { scope, metric: groups["metric"]!, by, variables };
  }
  return undefined;
}
