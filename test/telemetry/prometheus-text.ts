/** One line of Prometheus' text format that has a value. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"/y;
const ESCAPES: Readonly<Record<string, string>> = { "\\\\": "\\", '\\"': '"', "\\n": "\n" };

/** Reads Prometheus' text format as strictly as Prometheus does; a series that comes twice is an error too. */
export function parsePrometheusText(text: string): Sample[] {
  if (!text.endsWith("\n")) throw new Error("The last line does not end");
  const seen = new Set<string>();
  return text
    .slice(0, -1)
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const sample = parseSample(line);
      const series = line.slice(0, line.lastIndexOf(" "));
      if (seen.has(series)) throw new Error(`Twice: ${series}`);
      seen.add(series);
      return sample;
    });
}

/** The value of the one sample that has this name and at least these labels. */
export function valueOf(samples: readonly Sample[], name: string, labels: Readonly<Record<string, string>>): number {
  const found = samples.filter(
    (sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  );
  if (found.length !== 1) throw new Error(`${found.length} samples are ${name}${JSON.stringify(labels)}`);
  return found[0]!.value;
}

/** The sum over all samples that have this name and at least these labels. */
export function sumOf(samples: readonly Sample[], name: string, labels: Readonly<Record<string, string>> = {}): number {
  return samples
    .filter(
      (sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
    )
    .reduce((sum, { value }) => sum + value, 0);
}

function parseSample(line: string): Sample {
  const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*/.exec(line)?.[0];
  if (name === undefined) throw new Error(`No name: ${line}`);
  const labels: Record<string, string> = {};
  let at = name.length;
  if (line[at] === "{") {
    at++;
    while (line[at] !== "}") {
      LABEL.lastIndex = at;
      const [whole, key = "", value = ""] = LABEL.exec(line) ?? [];
      if (whole === undefined) throw new Error(`No label at ${at}: ${line}`);
      if (key in labels) throw new Error(`Label ${key} twice: ${line}`);
      labels[key] = value.replaceAll(/\\[\\"n]/g, (escape) => ESCAPES[escape]!);
      at += whole.length;
      if (line[at] === ",") at++;
    }
    at++;
  }
  const number = line.slice(at + 1);
  const value = number === "+Inf" ? Infinity : Number(number);
  if (line[at] !== " " || number === "" || Number.isNaN(value)) throw new Error(`No value: ${line}`);
  return { name, labels, value };
}
