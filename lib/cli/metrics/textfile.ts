import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Environment } from "../../app/environment.ts";
import { replaceFile } from "../../connectors/localfs/replace-file.ts";
import { TidemarkError } from "../../errors.ts";
import { processTally } from "../../progress/process-tally.ts";
import { formatError } from "../../text/error-text.ts";
import { UsageError } from "../console/usage-error.ts";

/** Everybody may read it: the node exporter is another user. */
const FILE_MODE = 0o644;

/** A file of metrics in the format of the node exporter's textfile collector. */
export interface Textfile extends AsyncDisposable {
  /**
   * Puts what has been counted so far into the place of the file, in one step.
   *
   * @throws TidemarkError `FILE_WRITE_FAILED`
   */
  write(): Promise<void>;
}

/**
 * Counts the updates of an environment for a file.
 *
 * @throws UsageError when the file could not be written later
 */
export async function openTextfile(path: string, environment: Environment): Promise<Textfile> {
  const file = resolve(path);
  await requireWritable(file, path);
  const { createPrometheusProvider } = await import("../../telemetry/prometheus-provider.ts");
  // How busy the process is says nothing after its end, and the files of two apps would have the same series.
  const prometheus = createPrometheusProvider({ processMetrics: false });
  const stopCounting = processTally.exportTo(prometheus.meterProvider, { environment });
  return {
    async write() {
      const text = await prometheus.render();
      try {
        await replaceFile(file, Buffer.from(text), FILE_MODE);
      } catch (error) {
        const message = `Cannot write metrics to ${path}: ${formatError(error)}`;
        throw new TidemarkError("FILE_WRITE_FAILED", message, { cause: error, facts: { path: file } });
      }
    },
    async [Symbol.asyncDispose]() {
      stopCounting();
      await prometheus.shutdown();
    },
  };
}

/** Better said before a long run than after it. */
async function requireWritable(file: string, shown: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isDirectory() === true) {
    throw new UsageError(`--textfile must be the path of a file, and ${shown} is a folder`);
  }
  try {
    // The slash has it be a folder.
    await access(`${dirname(file)}/`, constants.W_OK);
  } catch (error) {
    throw new UsageError(`--textfile cannot be written to ${shown}: ${formatError(error)}`, { cause: error });
  }
}
