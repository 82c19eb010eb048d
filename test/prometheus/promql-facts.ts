import { parser } from "@prometheus-io/lezer-promql";
import type { InstrumentName } from "../../lib/progress/schema/names.ts";
import { INSTRUMENTS, prometheusName } from "../../grafana/src/metrics.ts";
import { RECORDING_RULES } from "../../grafana/src/recording-rules.ts";

/** What an expression of PromQL is made of. */
export interface PromqlFacts {
  /** Where it cannot be read. */
  readonly errors: readonly string[];
  /** Each selector of series, with the labels that it matches. A selector by a pattern has no metric. */
  readonly selectors: readonly { readonly metric: string | undefined; readonly labels: readonly string[] }[];
  /** The labels that it groups, matches or keeps by. */
  readonly groupings: readonly string[];
  /** The labels of its first aggregation: those that its result has. */
  readonly resultLabels: readonly string[];
}

type SyntaxNode = ReturnType<typeof parser.parse>["topNode"];

const TARGET_LABELS = ["job", "instance"];
const INSTRUMENT_LABELS = [...TARGET_LABELS, "service_instance_id"];
const RECORDED_LABELS = [...TARGET_LABELS, "app"];

/** The labels of every metric that an expression may name. */
export const LABELS_OF_METRIC: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    ...Object.assign({}, ...INSTRUMENTS.map(labelsOfInstrument)),
    ...Object.fromEntries(RECORDING_RULES.map(({ record }) => [record, RECORDED_LABELS])),
    up: TARGET_LABELS,
    scrape_duration_seconds: TARGET_LABELS,
    scrape_samples_scraped: TARGET_LABELS,
    ALERTS: [...RECORDED_LABELS, "alertname", "alertstate", "severity"],
  } as Record<string, readonly string[]>),
);

/** Reads an expression that has no variables or macros of Grafana where a number or a duration belongs. */
export function readPromql(expr: string): PromqlFacts {
  const { topNode } = parser.parse(expr);
  const errors: string[] = [];
  const groupings: (readonly string[])[] = [];
  const selectors: { metric: string | undefined; labels: string[] }[] = [];
  topNode.cursor().iterate(({ node }) => {
    if (node.type.isError) errors.push(`at ${node.from}: ${expr.slice(node.from, node.from + 30)}`);
    if (node.name === "GroupingLabels") groupings.push(textsOf(node, "LabelName", expr));
    if (node.name === "VectorSelector") {
      const [metric] = textsOf(node, "Identifier", expr);
      selectors.push({ metric, labels: textsOf(node, "LabelName", expr) });
    }
  });
  return { errors, selectors, groupings: [...new Set(groupings.flat())], resultLabels: groupings[0] ?? [] };
}

/** What is wrong with the names in an expression: metrics and labels that nobody exports. */
export function findUnknownNames(expr: string): readonly string[] {
  const { errors, groupings, selectors } = readPromql(expr);
  const metrics = selectors.flatMap(({ metric }) => metric ?? []);
  const known = new Set(metrics.flatMap((metric) => LABELS_OF_METRIC.get(metric) ?? []));
  const isPattern = metrics.length < selectors.length;
  return [
    ...errors,
    ...metrics.filter((metric) => !LABELS_OF_METRIC.has(metric)),
    ...groupings.filter((label) => !known.has(label) && !(isPattern && TARGET_LABELS.includes(label))),
    ...selectors.flatMap(({ labels, metric }) => {
      const own =
        metric === undefined ? ["__name__", "otel_metric_overflow", ...TARGET_LABELS] : LABELS_OF_METRIC.get(metric);
      return labels.filter((label) => own?.includes(label) === false).map((label) => `${metric ?? ""}{${label}}`);
    }),
  ];
}

function labelsOfInstrument(instrument: InstrumentName): Record<string, readonly string[]> {
  const name = prometheusName(instrument);
  const labels = [...INSTRUMENT_LABELS, ...instrument.attributes.map((key) => key.replaceAll(".", "_"))];
  if (instrument.kind !== "histogram") return { [name]: labels };
  return { [`${name}_count`]: labels, [`${name}_sum`]: labels, [`${name}_bucket`]: [...labels, "le"] };
}

function textsOf(node: SyntaxNode, name: string, source: string): string[] {
  const texts: string[] = [];
  node.cursor().iterate(({ from, name: found, to }) => {
    if (found === name) texts.push(source.slice(from, to));
  });
  return texts;
}
