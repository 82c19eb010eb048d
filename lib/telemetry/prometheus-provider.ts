import { diag, type MeterProvider as MeterProviderApi } from "@opentelemetry/api";
import { PrometheusExporter, PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { MeterProvider, type MeterProviderOptions } from "@opentelemetry/sdk-metrics";
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { checkOptions, type OptionChecks } from "../options/check-options.ts";
import { ANYTHING, BOOLEAN } from "../options/option-check.ts";
import { TidemarkError } from "../errors.ts";
import { formatError } from "../text/error-text.ts";
import { toPrintableMetrics } from "./printable-metrics.ts";
import { observeProcess } from "./process-metrics.ts";
import { DEFAULT_MAX_SERIES, requireMaxSeries, tidemarkViews, VIEWS_CHECKS, type ViewsOptions } from "./views.ts";

/** The type of what {@link PrometheusProvider.render} gives. */
export const METRICS_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/**
 * The attribute of a resource that tells one life of counters from the next. Without it, a process that takes another's place
 * goes on in its series, and Prometheus cannot see that it counts anew when its first value is no lower.
 */
const INSTANCE_KEY = "service.instance.id";
const CONSTANT_LABELS = /^service\.instance\.id$/;

/** An observable instrument that has not answered by then fails the collection. */
const COLLECT_TIMEOUT_MS = 5_000;

/** Options of {@link createPrometheusProvider}. */
export interface PrometheusProviderOptions extends ViewsOptions {
  /**
   * What the metrics are of: exported as `target_info`. Its `service.instance.id` is the label `service_instance_id` of every
   * series; without one, the provider makes one of its own, so that what it counts is never taken for what another one counted.
   *
   * @default none, and no `target_info`
   */
  readonly resource?: MeterProviderOptions["resource"];
  /** Views of instruments that are not of this package. */
  readonly views?: MeterProviderOptions["views"];
  /** Whether each series is labelled with its meter, which two meters with one name in common need. @default false */
  readonly scopeLabels?: boolean;
  /** Whether the event loop and the heap of this process are exported as well. @default true */
  readonly processMetrics?: boolean;
}

const CHECKS: OptionChecks<PrometheusProviderOptions> = {
  ...VIEWS_CHECKS,
  resource: ANYTHING,
  views: { wanted: "an array of views", accepts: (value) => Array.isArray(value) },
  scopeLabels: BOOLEAN,
  processMetrics: BOOLEAN,
};

/** A meter provider whose metrics are read as Prometheus text. */
export interface PrometheusProvider extends AsyncDisposable {
  /** For `new Environment({ meterProvider })`, or `metrics.setGlobalMeterProvider()`. */
  readonly meterProvider: MeterProviderApi;
  /**
   * Everything that has been counted, in Prometheus' text format.
   *
   * @throws TidemarkError `METRICS_UNAVAILABLE` when an instrument could not be read, or after the end
   */
  render(): Promise<string>;
  /** Answers a request of `node:http` with what `render` gives: with 500 if it fails, so that `up` tells the truth. Never rejects. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Ends it; a second call is harmless. */
  shutdown(): Promise<void>;
}

/**
 * Makes a meter provider with a Prometheus exporter, for programs that have no OpenTelemetry of their own. It opens no port: give
 * `handle` to the server you have, or call `serve()` of `tidemark/serve`, which has a server.
 *
 * @throws TypeError for an option that does not exist, or a wrong value; RangeError when `maxSeries` is not a positive integer
 */
export function createPrometheusProvider(options: PrometheusProviderOptions = {}): PrometheusProvider {
  checkOptions("make a Prometheus provider", options, CHECKS);
  const { maxSeries = DEFAULT_MAX_SERIES, processMetrics = true, resource, scopeLabels = false, views = [] } = options;
  requireMaxSeries(maxSeries, "make a Prometheus provider");
  const reader = new PrometheusExporter({ preventServerStart: true });
  reader.selectCardinalityLimit = () => maxSeries;
  const serializer = new PrometheusSerializer(undefined, false, CONSTANT_LABELS, resource === undefined, !scopeLabels);
  const provider = new MeterProvider({
    readers: [reader],
    views: [...tidemarkViews({ maxSeries }), ...views],
    resource: resourceFromAttributes({ [INSTANCE_KEY]: randomUUID() }).merge(resource ?? null),
  });
  const process = processMetrics ? observeProcess(provider) : undefined;
  const warnOfOverflow = createOverflowWarning(maxSeries);
  let ending: Promise<void> | undefined;
  const render = async (): Promise<string> => {
    const { errors, resourceMetrics } = await reader.collect({ timeoutMillis: COLLECT_TIMEOUT_MS }).catch(fail);
    if (errors.length > 0) fail(errors[0]);
    const text = serializer.serialize(toPrintableMetrics(resourceMetrics));
    warnOfOverflow(text);
    return text.endsWith("\n") ? text : `${text}\n`;
  };
  const shutdown = (): Promise<void> => {
    process?.[Symbol.dispose]();
    ending ??= provider.shutdown();
    return ending;
  };
  return {
    meterProvider: provider,
    render,
    handle: (_request, response) => answer(response, render),
    shutdown,
    [Symbol.asyncDispose]: shutdown,
  };
}

async function answer(response: ServerResponse, render: () => Promise<string>): Promise<void> {
  try {
    const text = await render();
    response.writeHead(200, { "content-type": METRICS_CONTENT_TYPE }).end(text);
  } catch (error) {
    response.writeHead(500, { "content-type": "text/plain; charset=utf-8" }).end(`${formatError(error)}\n`);
  }
}

function fail(error: unknown): never {
  throw new TidemarkError("METRICS_UNAVAILABLE", `Cannot collect metrics: ${formatError(error)}`, { cause: error });
}

/** Looks for the one series that the SDK folds everything beyond its limit into, and tells of it once. */
function createOverflowWarning(maxSeries: number): (text: string) => void {
  let isGiven = false;
  return (text) => {
    if (isGiven || !text.includes('otel_metric_overflow="true"')) return;
    isGiven = true;
    diag.warn(
      `tidemark: an instrument has more than ${maxSeries} series; further ones are counted in one that has none of their ` +
        "labels. Raise `maxSeries`, or have fewer distinct names",
    );
  };
}
