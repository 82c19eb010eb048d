/** A line of a {@link Plot}: points from left to right, each with x and y. */
export interface Series {
  readonly label: string;
  readonly points: readonly (readonly [number, number])[];
}

/** Lines over a logarithmic x axis; the y axis begins at 0. */
export interface Plot {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly Series[];
}

const WIDTH = 640;
const HEIGHT = 320;
const LEFT = 60;
const RIGHT = 16;
const TOP = 40;
const BOTTOM = 48;

/** Told apart by the colour-blind too. */
const COLORS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7"];

/** The plot as SVG. */
export function renderPlot(plot: Plot): string {
  const points = plot.series.flatMap((series) => series.points);
  const xs = points.map(([x]) => Math.log10(x));
  const [minX, maxX] = [Math.min(...xs), Math.max(...xs)];
  const step = chooseStep(Math.max(...points.map(([, y]) => y)));
  const maxY = Math.max(step, Math.ceil(Math.max(...points.map(([, y]) => y)) / step) * step);
  const placeX = (x: number): number => LEFT + ((Math.log10(x) - minX) / (maxX - minX || 1)) * (WIDTH - LEFT - RIGHT);
  const placeY = (y: number): number => HEIGHT - BOTTOM - (y / maxY) * (HEIGHT - TOP - BOTTOM);
  const ticksY = Array.from({ length: Math.round(maxY / step) + 1 }, (_, index) => index * step);
  const ticksX = [...new Set(points.map(([x]) => x))].toSorted((a, b) => a - b);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<title>${escape(plot.title)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(LEFT, 18, plot.title, 'font-weight="bold"'),
    ...ticksY.map(
      (y) =>
        `<path d="M${LEFT} ${round(placeY(y))}H${WIDTH - RIGHT}" stroke="#ddd"/>` +
        text(LEFT - 6, placeY(y) + 4, formatTick(y), 'text-anchor="end"'),
    ),
    ...ticksX.map((x) => text(placeX(x), HEIGHT - BOTTOM + 16, formatTick(x), 'text-anchor="middle"')),
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, plot.xLabel, 'text-anchor="middle"'),
    text(
      0,
      0,
      plot.yLabel,
      `text-anchor="middle" transform="translate(14 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)"`,
    ),
    ...plot.series.map((series, index) => renderSeries(series, index, placeX, placeY)),
    "</svg>\n",
  ].join("\n");
}

type Place = (value: number) => number;

function renderSeries({ label, points }: Series, index: number, placeX: Place, placeY: Place): string {
  const color = COLORS[index % COLORS.length]!;
  const placed = points.map(([x, y]) => [round(placeX(x)), round(placeY(y))] as const);
  const line = placed.map(([x, y]) => `${x},${y}`).join(" ");
  const legendX = LEFT + 8 + index * 150;
  return [
    `<polyline points="${line}" fill="none" stroke="${color}" stroke-width="2"/>`,
    ...placed.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="3" fill="${color}"/>`),
    `<rect x="${legendX}" y="26" width="10" height="3" fill="${color}"/>`,
    text(legendX + 16, 31, label, ""),
  ].join("\n");
}

/** 1, 2 or 5 times a power of ten, so that there are three to eight steps up to `max`. */
function chooseStep(max: number): number {
  if (!(max > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(max / 4));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => max / step <= 6)!;
}

function text(x: number, y: number, content: string, attributes: string): string {
  return `<text x="${round(x)}" y="${round(y)}" fill="#222" ${attributes}>${escape(content)}</text>`;
}

function formatTick(value: number): string {
  return value.toLocaleString("en", { notation: "compact", maximumFractionDigits: 2 });
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
