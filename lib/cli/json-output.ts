import type { UpdateSnapshot } from "../progress/stats.ts";

/** A line of `--json`: a snapshot, the app's name, and the title of the stats group or `null` for the run's own report. */
export interface JsonRecord extends Partial<UpdateSnapshot> {
  readonly app: string;
  readonly group: string | null;
  /** In the last line of a run that failed. */
  readonly error?: { readonly name: string; readonly message: string };
}

/** Standard output taken over for JSON lines: what anybody else prints there goes to standard error. */
export interface JsonOutput extends Disposable {
  /** Resolves when there is room for the next line. */
  write(record: JsonRecord): Promise<void>;
}

/** Takes standard output over; dispose it to give it back. */
export function takeStdout(): JsonOutput {
  const { stdout, stderr } = process;
  const write = stdout.write.bind(stdout);
  stdout.write = stderr.write.bind(stderr);
  return {
    async write(record) {
      const hasRoom = write(`${formatJsonLine(record)}\n`);
      if (!hasRoom && !stdout.destroyed) await waitForRoom(stdout);
    },
    [Symbol.dispose]() {
      stdout.write = write;
    },
  };
}

/** One line of JSON. A result that JSON cannot hold (a cycle, a hostile `toJSON`) is left out as `null`. */
export function formatJsonLine(record: JsonRecord): string {
  try {
    return stringify({ ...record, result: record.result ?? null });
  } catch {
    return stringify({ ...record, result: null });
  }
}

function stringify(record: JsonRecord): string {
  return JSON.stringify(record, (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value));
}

function waitForRoom(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      for (const name of ["drain", "close", "error"]) stream.off(name, settle);
      resolve();
    };
    for (const name of ["drain", "close", "error"]) stream.on(name, settle);
  });
}
