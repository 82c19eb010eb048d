/** How often progress is printed, in milliseconds, where nothing else is asked for. */
export const DEFAULT_REPORT_INTERVAL_MS = 1000;

/**
 * Reads a `reportToStdout` option: the interval in milliseconds, or `undefined` for none.
 *
 * @throws RangeError unless it is a boolean or a finite number greater than 0
 */
export function reportInterval(reportToStdout: boolean | number | undefined): number | undefined {
  if (reportToStdout === undefined || reportToStdout === false) return undefined;
  if (reportToStdout === true) return DEFAULT_REPORT_INTERVAL_MS;
  if (typeof reportToStdout === "number" && Number.isFinite(reportToStdout) && reportToStdout > 0) {
    return reportToStdout;
  }
  throw new RangeError(
    `Cannot report progress: \`reportToStdout\` must be true, false or a number of milliseconds greater than 0, got ${String(reportToStdout)}`,
  );
}
