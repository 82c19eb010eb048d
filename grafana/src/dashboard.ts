import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  type Dashboard,
  type Panel,
  type RowPanel,
  type VariableModel,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { buildAnnotations } from "./annotations.ts";
import { refIdOf } from "./table.ts";

const GRID_WIDTH = 24;

/** Panels of one height under a heading, side by side; the widths of each line add up to 24. */
export interface Section {
  readonly title: string;
  readonly panels: readonly PlacedPanel[];
}

/** A panel with its size on Grafana's grid. */
export interface PlacedPanel {
  readonly panel: Builder<Panel>;
  readonly width: number;
  readonly height: number;
}

/** Options of {@link buildDashboard}. */
export interface DashboardOptions {
  /** Stays as it is for ever: Grafana knows a dashboard by it. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly variables: readonly Builder<VariableModel>[];
  readonly sections: readonly Section[];
}

/** Builds a dashboard as Grafana reads it. */
export function buildDashboard(options: DashboardOptions): Dashboard {
  const { uid, title, description, variables, sections } = options;
  const dashboard = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(["tidemark"])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: "now-1h", to: "now" })
    .refresh("15s")
    .variables([...variables])
    .annotations([...buildAnnotations()])
    .link(
      new DashboardLinkBuilder("Tidemark")
        .type(DashboardLinkType.Dashboards)
        .tags(["tidemark"])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    )
    .build();
  return withoutOddDefaults({ ...dashboard, panels: layOut(sections) });
}

function layOut(sections: readonly Section[]): (Panel | RowPanel)[] {
  const placed: (Panel | RowPanel)[] = [];
  let y = 0;
  for (const { title, panels } of sections) {
    const heading = { x: 0, y: y++, w: GRID_WIDTH, h: 1 };
    placed.push({ type: "row", id: placed.length + 1, title, collapsed: false, panels: [], gridPos: heading });
    let x = 0;
    for (const { panel, width, height } of panels) {
      placed.push({ ...identify(panel.build(), placed.length + 1), gridPos: { x, y, w: width, h: height } });
      x += width;
      if (x >= GRID_WIDTH) y += height;
      if (x > GRID_WIDTH) throw badLine(title, x);
      x %= GRID_WIDTH;
    }
    if (x !== 0) throw badLine(title, x);
  }
  return placed;
}
function badLine(section: string, width: number): RangeError {
  return new RangeError(`Cannot lay out "${section}": each line must be ${GRID_WIDTH} wide, got ${width}`);
}

/** The builders number neither panels nor queries, and Grafana mixes up those that have no number. */
function identify(panel: Panel, id: number): Panel {
  const targets = panel.targets?.map((target, index) => ({ ...target, refId: refIdOf(index) }));
  return { ...panel, id, ...(targets && { targets }) };
}

/** Fields that the builders set without being asked and that hide things or that Grafana does not know. */
function withoutOddDefaults(dashboard: Dashboard): Dashboard {
  const text = JSON.stringify(dashboard, function (this: unknown, key, value: unknown) {
    const isOdd =
      (key === "placement" && value === "inControlsMenu") ||
      (key === "footer" && this instanceof Object && "showHeader" in this) ||
      ["auto", "auto_min", "auto_count"].includes(key);
    return isOdd ? undefined : value;
  });
  return JSON.parse(text) as Dashboard;
}
