/** An expression that does nothing but add up a metric. */
export interface PanelSum {
  readonly metric: string;
  readonly by: readonly string[];
  /** The variables that choose what is added up. */
  readonly variables: readonly string[];
}

const BY = String.raw`sum(?: by \((?<by>[^)]*)\) )?\(`;
const SELECTOR = String.raw`(?<metric>\w+)\{(?<matchers>[^}]*)\}`;
const SAME = String.raw`\k<metric>\{[^}]*\}`;
const FORMS = [
  // What it is.
  `^${BY}${SELECTOR}\\)$`,
  // What it was when it was seen last.
  String.raw`^${BY}last_over_time\(${SELECTOR}\[\$__range\]\)\)$`,
  // By how much it has grown.
  String.raw`^${BY}last_over_time\(${SELECTOR}\[\$__range\]\) unless [^/]* or increase\(${SAME}\[\$__range\]\)\)$`,
].map((source) => new RegExp(source));

/** Reads an expression that adds up a metric; `undefined` for any other. */
export function readPanelSum(expr: string): PanelSum | undefined {
  const ranked = /^topk\(10, (.*)\)$/s.exec(expr)?.[1] ?? expr;
  for (const form of FORMS) {
    const groups = form.exec(ranked)?.groups;
    if (groups === undefined) continue;
    const by = groups["by"]?.split(", ") ?? [];
    const variables = [...groups["matchers"]!.matchAll(/\$([a-z]+)/g)].map(([, name]) => name!);
    return { metric: groups["metric"]!, by, variables };
  }
  return undefined;
}
