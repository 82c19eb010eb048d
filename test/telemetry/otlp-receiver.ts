import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

/** One number that was received; of a histogram, how many values it has. */
export interface ReceivedPoint {
  readonly name: string;
  readonly unit: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Receives metrics by OTLP over HTTP, as a collector does. */
export interface OtlpReceiver extends AsyncDisposable {
  /** Where to send them. */
  readonly url: string;
  /** What the newest request had, of the meters of this package. */
  newest(): readonly ReceivedPoint[];
}

/** The part of the OTLP JSON encoding that is read here. */
interface MetricsRequest {
  readonly resourceMetrics: readonly { readonly scopeMetrics: readonly ScopeMetrics[] }[];
}

interface ScopeMetrics {
  readonly scope: { readonly name: string };
  readonly metrics: readonly Metric[];
}

interface Metric {
  readonly name: string;
  readonly unit?: string;
  readonly sum?: Points;
  readonly gauge?: Points;
  readonly histogram?: Points;
}

interface Points {
  readonly dataPoints: readonly {
    readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[];
    readonly asInt?: string | number;
    readonly asDouble?: number;
    readonly count?: string | number;
  }[];
}

/** Opens an {@link OtlpReceiver} on this machine. */
export async function openOtlpReceiver(): Promise<OtlpReceiver> {
  let points: readonly ReceivedPoint[] = [];
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    points = readPoints((await json(request)) as MetricsRequest);
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  };
  const server = createServer((request, response) => void receive(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/metrics`,
    newest: () => points,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function readPoints({ resourceMetrics }: MetricsRequest): ReceivedPoint[] {
  return resourceMetrics
    .flatMap(({ scopeMetrics }) => scopeMetrics)
    .filter(({ scope }) => scope.name === "tidemark")
    .flatMap(({ metrics }) => metrics)
    .flatMap(({ gauge, histogram, name, sum, unit = "" }) =>
      (sum ?? gauge ?? histogram)!.dataPoints.map(({ asDouble, asInt, attributes, count }) => ({
        name,
        unit,
        attributes: Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? ""])),
        value: Number(asInt ?? asDouble ?? count),
      })),
    );
}
