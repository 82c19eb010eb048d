import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import UPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Throughput } from "./throughput.ts";
import { formatRate } from "./words.ts";

const HEIGHT = 96;

/** What finished in each second, as a line that grows. Its newest value is told in words beside it. */
export function ThroughputChart(props: { readonly throughput: Throughput; readonly nowMs: number }): JSX.Element {
  const { nowMs, throughput } = props;
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<UPlot | null>(null);
  useEffect(() => {
    const element = place.current!;
    const plot = createPlot(element, throughput);
    chart.current = plot;
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    // Canvases do not follow a change of colours by themselves.
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const repaint = (): void => plot.redraw();
    scheme.addEventListener("change", repaint);
    return () => {
      scheme.removeEventListener("change", repaint);
      observer.disconnect();
      plot.destroy();
    };
  }, [throughput]);
  useEffect(() => chart.current?.setData(dataOf(throughput)), [throughput, nowMs]);
  const latest = throughput.rows[1].at(-1);
  return (
    <figure class="chart">
      <div
        ref={place}
        role="img"
        aria-label={`Finished per second: ${latest === undefined ? "no data yet" : formatRate(latest)}`}
      />
      <figcaption>finished per second</figcaption>
    </figure>
  );
}

function createPlot(element: HTMLElement, throughput: Throughput): UPlot {
  const color = (name: string) => () => getComputedStyle(element).getPropertyValue(name).trim();
  const rootPx = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const axis = {
    stroke: color("--quiet"),
    font: `${Math.round(rootPx * 0.78)}px system-ui, sans-serif`,
    grid: { stroke: color("--line"), width: 1 },
    ticks: { show: false },
  };
  return new UPlot(
    {
      width: Math.max(1, element.clientWidth),
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      padding: [6, 30, 0, 0],
      scales: {
        // What the chart would make of a single second is a day.
        x: { time: true, range: () => throughput.window(Date.now()) },
        y: { range: (_plot, _min, max) => [0, Math.max(1, max * 1.1)] },
      },
      axes: [
        { ...axis, size: 20, space: 90, grid: { show: false }, values: (_plot, seconds) => seconds.map(formatTime) },
        { ...axis, size: 44, space: 28, values: (_plot, rates) => rates.map((rate) => compact(rate)) },
      ],
      series: [{}, { stroke: color("--accent"), fill: color("--accent-soft"), width: 1.5, points: { show: isSingle } }],
    },
    dataOf(throughput),
    element,
  );
}

/** One second is no line. */
function isSingle({ data: [seconds] }: UPlot): boolean {
  return seconds.length === 1;
}

function dataOf({ rows: [seconds, rates] }: Throughput): UPlot.AlignedData {
  return [[...seconds], [...rates]];
}

function formatTime(seconds: number): string {
  return new Date(seconds * 1000).toLocaleTimeString("en-GB");
}

function compact(rate: number): string {
  return rate.toLocaleString("en", { notation: "compact", maximumFractionDigits: 1 });
}
