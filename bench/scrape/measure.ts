import { median } from "../table.ts";

/** What scrapes of one server took. */
export interface ScrapeFigures {
  /** Lines with a value. */
  readonly series: number;
  readonly bytes: number;
  /** Milliseconds until the whole answer was there. */
  readonly firstMs: number;
  readonly medianMs: number;
  /** Milliseconds of CPU of this process, client included. */
  readonly cpuMs: number;
}

/** Scrapes `url` again and again; gives what that took, and the last answer. */
export async function measureScrapes(
  url: string,
  repetitions: number,
  headers: Readonly<Record<string, string>> = { "accept-encoding": "identity" },
): Promise<{ readonly figures: ScrapeFigures; readonly text: string }> {
  const times: number[] = [];
  let text = "";
  const before = process.cpuUsage();
  for (let repetition = 0; repetition <= repetitions; repetition++) {
    const startedAt = performance.now();
    const response = await fetch(url, { headers });
    text = await response.text();
    times.push(performance.now() - startedAt);
    if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
  }
  const { system, user } = process.cpuUsage(before);
  const series = text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length;
  const [firstMs = NaN, ...others] = times;
  const cpuMs = (system + user) / 1000 / times.length;
  return { text, figures: { series, bytes: Buffer.byteLength(text), firstMs, medianMs: median(others), cpuMs } };
}
