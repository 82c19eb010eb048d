import { checkOptions, type OptionChecks } from "../options/check-options.ts";
import { ANYTHING } from "../options/option-check.ts";
import { EXPORTED_INSTRUMENTS, nameWithUnit, PROCESS_OBSERVATIONS, SCOPE_NAME } from "../progress/schema/names.ts";

/** The most series of one instrument where nothing else is asked for. */
export const DEFAULT_MAX_SERIES = 50_000;

/** Options of {@link tidemarkViews}. */
export interface ViewsOptions {
  /** The most series of one instrument; the SDK folds further ones into one series without attributes. @default 50000 */
  readonly maxSeries?: number;
}

/** The checks of {@link ViewsOptions}. */
export const VIEWS_CHECKS: OptionChecks<ViewsOptions> = {
  // Checked by `requireMaxSeries`.
  maxSeries: ANYTHING,
};

/** A view of one instrument, for the `views` of whatever copy of the SDK there is. */
export interface TidemarkView {
  readonly meterName: string;
  readonly instrumentName: string;
  readonly name: string;
  readonly aggregationCardinalityLimit: number;
}

/**
 * The views for a `MeterProvider` of your own: they give instruments with a unit the names that the dashboards know, such as
 * `tidemark_component_duration_seconds`, and lift the SDK's limit of 2,000 series.
 *
 * A view makes all readers of a provider share one storage, so that one that nobody collects hoards what was counted: use them on
 * a provider with one reader.
 *
 * @throws TypeError for an option that does not exist; RangeError when `maxSeries` is not a positive integer
 */
export function tidemarkViews(options: ViewsOptions = {}): TidemarkView[] {
  const { maxSeries = DEFAULT_MAX_SERIES } = checkOptions("make views", options, VIEWS_CHECKS);
  requireMaxSeries(maxSeries, "make views");
  return [...EXPORTED_INSTRUMENTS, ...Object.values(PROCESS_OBSERVATIONS)].map((instrument) => ({
    meterName: SCOPE_NAME,
    instrumentName: instrument.name,
    name: nameWithUnit(instrument),
    aggregationCardinalityLimit: maxSeries,
  }));
}

/** Throws unless `maxSeries` can be a limit; `act` says what for. */
export function requireMaxSeries(maxSeries: number, act: string): void {
  if (Number.isSafeInteger(maxSeries) && maxSeries > 0) return;
  throw new RangeError(`Cannot ${act}: \`maxSeries\` must be a positive integer, got ${String(maxSeries)}`);
}
