import { PanelBuilder as BarGaugeBuilder } from "@grafana/grafana-foundation-sdk/bargauge";
import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";
import {
  BarGaugeDisplayMode,
  BigValueColorMode,
  BigValueGraphMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import {
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type Panel,
} from "@grafana/grafana-foundation-sdk/dashboard";
import {
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  PanelBuilder as HeatmapBuilder,
  YAxisConfigBuilder,
} from "@grafana/grafana-foundation-sdk/heatmap";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as StateTimelineBuilder } from "@grafana/grafana-foundation-sdk/statetimeline";
import { PanelBuilder as TimeSeriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import { OUTCOME_COLORS } from "./outcome-colors.ts";
import { buildHeatmapQuery, buildInstantQuery, buildRangeQuery, DATASOURCE, type Query } from "./query.ts";

/** What all panels have. */
export interface PanelText {
  readonly title: string;
  /** The question that the panel answers. */
  readonly question: string;
  /** What a reader has to know to read the answer. */
  readonly note?: string;
  /** A unit of Grafana, such as `s`. */
  readonly unit: string;
}

/** One number with a color from a threshold on. */
export interface StatOptions extends PanelText {
  readonly expr: string;
  readonly alarmFrom?: { readonly value: number; readonly color: "red" | "orange" };
}

/** Series over time. */
export interface GraphOptions extends PanelText {
  readonly queries: readonly Query[];
  readonly stacking?: StackingMode;
}

/** The describing part of a panel's builder. */
interface Described<T> {
  title(title: string): T;
  description(text: string): T;
  unit(unit: string): T;
  datasource(datasource: typeof DATASOURCE): T;
  noValue(text: string): T;
}

/** One number. */
export function buildStat(options: StatOptions): Builder<Panel> {
  const { expr, alarmFrom } = options;
  const steps = [{ value: null, color: "text" }, ...(alarmFrom === undefined ? [] : [alarmFrom])];
  return describe(new StatBuilder(), options)
    .withTarget(buildInstantQuery({ expr, legend: options.title }))
    .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps))
    .colorMode(BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.None)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]));
}

/** Lines, or areas when stacked. */
export function buildGraph(options: GraphOptions): Builder<Panel> {
  const { queries, stacking = StackingMode.None } = options;
  const graph = describe(new TimeSeriesBuilder(), options)
    .targets(queries.map(buildRangeQuery))
    .min(0)
    .fillOpacity(stacking === StackingMode.None ? 10 : 60)
    .lineWidth(1)
    .showPoints(VisibilityMode.Never)
    .stacking(new StackingConfigBuilder().mode(stacking))
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName))
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true)
        .calcs([]),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  for (const { legend } of queries) {
    const color = OUTCOME_COLORS[legend];
    if (color !== undefined) {
      graph.overrideByName(legend, [{ id: "color", value: { mode: "fixed", fixedColor: color } }]);
    }
  }
  return graph;
}

/** A bar for each series, the value at the end of the time range. */
export function buildBars(options: PanelText & { readonly query: Query }): Builder<Panel> {
  return describe(new BarGaugeBuilder(), options)
    .withTarget(buildInstantQuery(options.query))
    .min(0)
    .orientation(VizOrientation.Horizontal)
    .displayMode(BarGaugeDisplayMode.Basic)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName))
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]));
}

/** The buckets of a histogram over time; the unit is that of the buckets, what is in them are numbers of times. */
export function buildHeatmap(options: PanelText & { readonly expr: string }): Builder<Panel> {
  return describe(new HeatmapBuilder(), { ...options, unit: "none" })
    .withTarget(buildHeatmapQuery(options.expr))
    .calculate(false)
    .color(new HeatmapColorOptionsBuilder().mode(HeatmapColorMode.Scheme).scheme("Blues").steps(64).exponent(0.5))
    .yAxis(new YAxisConfigBuilder().unit(options.unit));
}

/** A state for each series over time: 0 or 1, under the two names given. */
export function buildTimeline(
  options: PanelText & { readonly query: Query; readonly states: readonly [off: string, on: string] },
): Builder<Panel> {
  const [off, on] = options.states;
  return describe(new StateTimelineBuilder(), options)
    .withTarget(buildRangeQuery(options.query))
    .mergeValues(true)
    .showValue(VisibilityMode.Never)
    .mappings([
      {
        type: MappingType.ValueToText,
        options: { "0": { text: off, color: "#8e8e8e", index: 0 }, "1": { text: on, color: "green", index: 1 } },
      },
    ]);
}

/** Gives a panel its texts, its unit and the selected data source. */
export function describe<T extends Described<T> & Builder<Panel> & { withTarget(query: Builder<Dataquery>): T }>(
  builder: T,
  { title, question, note, unit }: PanelText,
): T {
  return builder
    .title(title)
    .description(note === undefined ? question : `${question} ${note}`)
    .unit(unit)
    .datasource(DATASOURCE)
    .noValue("no data");
}
