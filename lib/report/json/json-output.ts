import { formatJsonLine, type JsonRecord } from "./json-line.ts";

/** Where lines of JSON go. */
export interface JsonOutput {
  /** Resolves when there is room for the next line. */
  write(record: JsonRecord): Promise<void>;
}

/** Standard output taken over for lines of JSON. */
export interface TakenStdout extends JsonOutput, Disposable {}

/** Standard output of this process; what others print there stays there. */
export function createJsonOutput(): JsonOutput {
  return createOutput((text) => process.stdout.write(text));
}

/** Takes standard output over: what anybody else prints there goes to standard error. Dispose it to give it back. */
export function takeStdout(): TakenStdout {
  const { stdout, stderr } = process;
  const write = stdout.write.bind(stdout);
  stdout.write = stderr.write.bind(stderr);
  return {
    ...createOutput(write),
    [Symbol.dispose]() {
      stdout.write = write;
    },
  };
}

function createOutput(write: (text: string) => boolean): JsonOutput {
  const { stdout } = process;
  return {
    async write(record) {
      const hasRoom = write(`${formatJsonLine(record)}\n`);
      if (!hasRoom && !stdout.destroyed) await waitForRoom(stdout);
    },
  };
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
