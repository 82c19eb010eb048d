import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../examples/run-program.ts";

/** A query of a panel, as it is in the file. */
export interface Target {
  readonly expr: string;
  readonly refId: string;
  readonly legendFormat: string;
  readonly format: "time_series" | "table" | "heatmap";
  readonly instant?: boolean;
}

/** A panel of a dashboard; a row has no targets. */
export interface PanelFile {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly targets?: readonly Target[];
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig?: {
    readonly defaults: { readonly unit?: string };
    readonly overrides: readonly {
      readonly matcher: { readonly options: string };
      readonly properties: readonly { readonly id: string; readonly value: unknown }[];
    }[];
  };
  readonly options?: { readonly yAxis?: { readonly unit: string } };
  readonly datasource?: { readonly uid: string };
  readonly transformations?: readonly {
    readonly id: string;
    readonly options: Record<string, Record<string, string>>;
  }[];
}

/** A variable of a dashboard. */
export interface VariableFile {
  readonly name: string;
  readonly type: string;
  readonly definition?: string;
  readonly allValue?: string;
}

/** A dashboard, as Grafana reads it. */
export interface DashboardFile {
  readonly uid: string;
  readonly title: string;
  readonly schemaVersion: number;
  readonly panels: readonly PanelFile[];
  readonly templating: { readonly list: readonly VariableFile[] };
  readonly annotations: { readonly list: readonly { readonly name: string; readonly expr: string }[] };
}

/** The dashboards that are shipped. */
export async function readDashboards(): Promise<readonly DashboardFile[]> {
  const folder = join(ROOT, "grafana/dashboards");
  const names = (await readdir(folder)).toSorted();
  return Promise.all(
    names.map(async (name) => JSON.parse(await readFile(join(folder, name), "utf8")) as DashboardFile),
  );
}

/** The panels of a dashboard that show something. */
export function panelsOf(dashboard: DashboardFile): readonly (PanelFile & { readonly targets: readonly Target[] })[] {
  return dashboard.panels.filter((panel) => panel.targets !== undefined) as never;
}
