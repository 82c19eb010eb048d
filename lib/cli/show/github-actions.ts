import { appendFile } from "node:fs/promises";
import { renderAnnotations } from "../../report/github/annotations.ts";
import { renderStepSummary } from "../../report/github/step-summary.ts";
import { formatError } from "../../text/error-text.ts";
import type { RunObservation } from "./run-observation.ts";

/** In a job of GitHub Actions: an annotation for each cause of failure, and a table in the summary of the job. */
export async function tellGitHub(app: string, observation: RunObservation, env: NodeJS.ProcessEnv): Promise<void> {
  if (env["GITHUB_ACTIONS"] !== "true") return;
  const { causes, counts } = observation;
  // Commands are read from both streams; standard output may be for machines.
  for (const line of renderAnnotations(causes)) process.stderr.write(`${line}\n`);
  const file = env["GITHUB_STEP_SUMMARY"];
  if (file === undefined || file === "") return;
  try {
    await appendFile(file, renderStepSummary({ app, counts, causes }));
  } catch (error) {
    process.stderr.write(`warning: Cannot write the job summary: ${formatError(error)}\n`);
  }
}
