/** A file of a monitoring set-up that comes with this package. */
export interface ShippedFile {
  /** Where it is in the package. */
  readonly source: string;
  /** Where it belongs in the folder of a set-up. */
  readonly path: string;
}

/** All files of a monitoring set-up: Prometheus with its rules and their runbooks, Grafana with its dashboards. */
export const SHIPPED_FILES: readonly ShippedFile[] = [
  { source: "docker-compose.yml", path: "docker-compose.yml" },
  { source: "prometheus.yml", path: "prometheus.yml" },
  { source: "grafana/rules/tidemark.rules.yml", path: "grafana/rules/tidemark.rules.yml" },
  { source: "grafana/provisioning/datasources/tidemark.yml", path: "grafana/provisioning/datasources/tidemark.yml" },
  { source: "grafana/provisioning/dashboards/tidemark.yml", path: "grafana/provisioning/dashboards/tidemark.yml" },
  { source: "grafana/dashboards/tidemark-overview.json", path: "grafana/dashboards/tidemark-overview.json" },
  { source: "grafana/dashboards/tidemark-run.json", path: "grafana/dashboards/tidemark-run.json" },
  { source: "grafana/runbooks/runbooks.html", path: "grafana/runbooks/runbooks.html" },
];
