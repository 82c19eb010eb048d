import { planFiles, writeFiles, type PlannedFile } from "../../dashboards/plan-files.ts";
import { formatCountOf } from "../../text/count.ts";
import { EXIT_CODES } from "../console/exit.ts";
import { isFileSystemError } from "../console/file-system-error.ts";
import { UsageError } from "../console/usage-error.ts";

/** Options of {@link runDashboards}. */
export interface DashboardsCommandOptions {
  readonly out: string;
  readonly force?: boolean;
  /** Where the alerts find their runbooks. */
  readonly runbooks?: string;
}

/** `tidemark dashboards`: writes the files of a monitoring set-up and resolves with the exit code. */
export async function runDashboards(options: DashboardsCommandOptions): Promise<number> {
  const { out, force = false, runbooks } = options;
  if (out === "") throw new UsageError("Cannot write the files: `--out` must name a folder, got an empty text");
  const runbooksUrl = runbooks === undefined ? undefined : parseRunbooks(runbooks);
  try {
    const files = await planFiles(out, runbooksUrl);
    if (!force) refuseToOverwrite(out, files);
    await writeFiles(out, files);
    process.stdout.write(renderSummary(out, files));
    return EXIT_CODES.done;
  } catch (error) {
    throw isFileSystemError(error) ? new UsageError(`Cannot write the files to ${out}: ${error.message}`) : error;
  }
}

/** Each alert adds its own `#`. */
function parseRunbooks(text: string): string {
  const url = URL.parse(text);
  if (url !== null && ["http:", "https:"].includes(url.protocol) && url.hash === "") return url.href.replace(/#$/, "");
  throw new UsageError(
    `Cannot write the files: \`--runbooks\` must be the http or https address of a page, without "#", got "${text}"`,
  );
}

function refuseToOverwrite(out: string, files: readonly PlannedFile[]): void {
  const different = files.filter(({ state }) => state === "different").map(({ path }) => `  ${path}`);
  if (different.length === 0) return;
  throw new UsageError(
    [
      `Cannot write the files to ${out}: these are there with other content; use -f to overwrite them`,
      ...different,
    ].join("\n"),
  );
}

function renderSummary(out: string, files: readonly PlannedFile[]): string {
  const written = files.filter(({ state }) => state !== "same");
  const lines = written.map(({ path, state }) => `  ${path}${state === "different" ? " (overwritten)" : ""}`);
  if (written.length === 0) return `Nothing to write: ${out} has all files as they are\n`;
  return `Wrote ${formatCountOf(written.length, "file")} to ${out}:\n${lines.join("\n")}\n\n${NEXT_STEPS}`;
}

const NEXT_STEPS = `Start Prometheus and Grafana there with "docker compose up -d", then open http://127.0.0.1:3000.
prometheus.yml says where Prometheus looks for your app.
`;
