import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
  type VariableModel,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { METRICS } from "./metrics.ts";
import { DATASOURCE } from "./query.ts";
import { APP, SOURCE } from "./selectors.ts";

/** The variables of every dashboard. */
export function buildSourceVariables(): readonly Builder<VariableModel>[] {
  return [
    new DatasourceVariableBuilder("datasource").label("Data source").type("prometheus"),
    labelVariable("job", ""),
    labelVariable("instance", 'job=~"$job"'),
    labelVariable("app", SOURCE),
  ];
}

/** The variables that choose components. */
export function buildComponentVariables(): readonly Builder<VariableModel>[] {
  return [labelVariable("group", APP), labelVariable("component", `${APP},group=~"$group"`)];
}

function labelVariable(label: string, matchers: string): Builder<VariableModel> {
  const series = matchers === "" ? METRICS.starts : `${METRICS.starts}{${matchers}}`;
  const query = `label_values(${series}, ${label})`;
  return new QueryVariableBuilder(label)
    .label(label)
    .datasource(DATASOURCE)
    .query({ query, refId: label })
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalCaseInsensitiveAsc)
    .multi(true)
    .includeAll(true)
    .allValue(".+")
    .current({ selected: true, text: ["All"], value: ["$__all"] });
}
