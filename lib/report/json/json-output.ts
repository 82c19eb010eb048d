import { formatJsonLine, type JsonRecord } from "./json-line.ts";

/** Where lines of JSON go. */
export interface JsonOutput {
  /** Resolves when there is room for the next line. */
  write(record: JsonRecord): Promise<void>;
}

/** Standard output taken over for lines of JSON. */
export interface TakenStdout extends JsonOutput, Disposable {}

/** Creates an output on a stream that others may print on as well. */
export function createJsonOutput(stream: NodeJS.WriteStream): JsonOutput {
  return createOutput(stream, (text) => stream.write(text));
}

/** Takes standard output over: what anybody else prints there goes to standard error. Dispose it to give it back. */
export function takeStdout(): TakenStdout {
  const { stdout } = process;
  const write = stdout.write.bind(stdout);
  const end = redirectToStderr(stdout);
  return {
    ...createOutput(stdout, write),
    [Symbol.dispose]() {
      end();
      stdout.write = write;
    },
  };
}

/** Whoever is told that there is no room waits for `stdout` to have some, so it says so when standard error has. */
function redirectToStderr(stdout: NodeJS.WriteStream): () => void {
  const { stderr } = process;
  let isAwaited = false;
  const tell = (): void => {
    if (!isAwaited) return;
    isAwaited = false;
    stdout.emit("drain");
  };
  const write = (...args: Parameters<typeof stderr.write>): boolean => {
    const hasRoom = stderr.write(...args);
    isAwaited ||= !hasRoom;
    return hasRoom;
  };
  stdout.write = write as typeof stdout.write;
  // Without a reader, nothing is ever taken: it is closed then.
  const names = ["drain", "close"];
  for (const name of names) stderr.on(name, tell);
  return () => {
    for (const name of names) stderr.off(name, tell);
    tell();
  };
}

function createOutput(stream: NodeJS.WriteStream, write: (text: string) => boolean): JsonOutput {
  return {
    async write(record) {
      const hasRoom = write(`${formatJsonLine(record)}\n`);
      if (!hasRoom && !stream.destroyed) await waitForRoom(stream);
    },
  };
}

function waitForRoom(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      // What others print is told to have room by the same event.
      if (!stream.writableNeedDrain) finish();
    };
    const finish = (): void => {
      stream.off("drain", look);
      for (const name of ["close", "error"]) stream.off(name, finish);
      resolve();
    };
    stream.on("drain", look);
    for (const name of ["close", "error"]) stream.on(name, finish);
  });
}
