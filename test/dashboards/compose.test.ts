import { expect } from "chai";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { RUNBOOKS_URL } from "../../lib/dashboards/runbook-links.ts";
import { SHIPPED_FILES } from "../../lib/dashboards/shipped-files.ts";
import { ROOT } from "../examples/run-program.ts";
import { requireProgram } from "../require-program.ts";
import { runCommand } from "../run-command.ts";

interface Service {
  readonly image: string;
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly healthcheck: { readonly test: readonly string[] };
  readonly environment?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
}

interface Compose {
  readonly services: Readonly<Record<"prometheus" | "grafana", Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

interface DataSources {
  readonly datasources: readonly { readonly url: string; readonly jsonData: { readonly timeInterval: string } }[];
}

interface Providers {
  readonly providers: readonly { readonly options: { readonly path: string } }[];
}

describe("docker-compose.yml", () => {
  let compose: Compose;
  let services: readonly Service[];

  before(async () => {
    compose = await readYaml("docker-compose.yml");
    services = Object.values(compose.services);
  });

  it("is read by Docker Compose", async function () {
    requireProgram(this, "docker-compose");
    const { code, output } = await runCommand(
      "docker-compose",
      ["-f", "docker-compose.yml", "config", "--quiet"],
      ROOT,
    );
    expect(code, output).to.equal(0);
  });

  it("mounts only what is there and comes with `tidemark dashboards`, for reading", () => {
    for (const volume of services.flatMap((service) => service.volumes)) {
      const [source = "", , mode] = volume.split(":");
      if (!source.startsWith(".")) {
        expect(compose.volumes, volume).to.have.own.property(source);
        continue;
      }
      const path = source.slice("./".length);
      expect(existsSync(join(ROOT, path)), volume).to.equal(true);
      expect(mode, volume).to.equal("ro");
      expect(
        SHIPPED_FILES.some((file) => file.path === path || file.path.startsWith(`${path}/`)),
        volume,
      ).to.equal(true);
    }
  });

  it("opens ports to this machine alone, and has no password", () => {
    for (const port of services.flatMap((service) => service.ports)) expect(port).to.match(/^127\.0\.0\.1:\d+:\d+$/);
    const environment = compose.services.grafana.environment ?? {};
    expect(Object.keys(environment).filter((name) => name.includes("PASSWORD"))).to.deep.equal([]);
    expect(environment).to.include({
      GF_AUTH_ANONYMOUS_ENABLED: "true",
      GF_AUTH_ANONYMOUS_ORG_ROLE: "Viewer",
      GF_AUTH_DISABLE_LOGIN_FORM: "true",
      GF_AUTH_BASIC_ENABLED: "false",
    });
  });

  it("names versions of images, and how to tell that they are well", () => {
    for (const { healthcheck, image } of services) {
      expect(image).to.match(/:v?\d+\.\d+\.\d+$/);
      expect(healthcheck.test).to.have.length.greaterThan(1);
    }
  });

  it("gives Grafana the data source and the dashboards where provisioning looks for them", async () => {
    const { datasources } = await readYaml<DataSources>("grafana/provisioning/datasources/tidemark.yml");
    const { providers } = await readYaml<Providers>("grafana/provisioning/dashboards/tidemark.yml");
    const { global } = await readYaml<{ global: { scrape_interval: string } }>("prometheus.yml");
    expect(datasources.map(({ url }) => url)).to.deep.equal(["http://prometheus:9090"]);
    expect(datasources[0]?.jsonData.timeInterval, "the interval that rates are made for").to.equal(
      global.scrape_interval,
    );
    const mounts = compose.services.grafana.volumes.map((volume) => volume.split(":")[1]);
    expect(mounts).to.include.members([providers[0]?.options.path, "/etc/grafana/provisioning"]);
    const home = compose.services.grafana.environment?.["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"] ?? "";
    expect(existsSync(join(ROOT, home.replace("/etc/grafana/", "grafana/"))), home).to.equal(true);
  });

  it("gives Prometheus its configuration, with the rules beside it", async () => {
    const { rule_files: patterns } = await readYaml<{ rule_files: readonly string[] }>("prometheus.yml");
    expect(patterns).to.deep.equal(["grafana/rules/*.rules.yml"]);
    expect(compose.services.prometheus.volumes).to.include.members([
      "./prometheus.yml:/etc/prometheus/prometheus.yml:ro",
      "./grafana/rules:/etc/prometheus/grafana/rules:ro",
    ]);
  });

  it("has Prometheus serve the runbooks where the alerts lead to", () => {
    const { command, ports, volumes } = compose.services.prometheus;
    const { host, pathname } = new URL(RUNBOOKS_URL);
    expect(ports).to.deep.equal([`${host}:9090`]);
    const [, folder = "", file = ""] = pathname.split("/");
    expect(folder, "where Prometheus has its user assets").to.equal("user");
    expect(existsSync(join(ROOT, "grafana/runbooks", file)), file).to.equal(true);
    expect(command).to.include("--web.user-assets=/etc/prometheus/grafana/runbooks");
    expect(volumes).to.include("./grafana/runbooks:/etc/prometheus/grafana/runbooks:ro");
  });
});

async function readYaml<T>(path: string): Promise<T> {
  return parse(await readFile(join(ROOT, path), "utf8")) as T;
}
