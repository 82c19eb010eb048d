import { StringDecoder } from "node:string_decoder";
import { printTo } from "./print-to.ts";
import { guardProcess } from "./process-guard.ts";
import type { Env } from "./progress-mode.ts";
import type { LiveScreen, OutputStream, ScreenEvents, StandardStreams } from "./screen.ts";
import { watchSharing } from "./shared-terminal.ts";

type Write = NodeJS.WriteStream["write"];

/** Where the size of a terminal is not told. */
const USUAL_SIZE = { columns: 80, rows: 24 };

/** Creates the screen of the terminal that a program prints on. */
export function createTerminalScreen({ stderr, stdout }: StandardStreams, env: Env): LiveScreen {
  const originals: Partial<Record<OutputStream, Write>> = {};
  let isAsking = false;
  return {
    write(text, name = "stdout") {
      const stream = name === "stdout" ? stdout : stderr;
      printTo(stream, text, originals[name]);
    },
    size() {
      isAsking = true;
      // The signal that it has changed is seen only when the event loop turns.
      (stdout as { _refreshSize?: () => void })._refreshSize?.();
      isAsking = false;
      const { columns, rows } = stdout;
      return { columns: columns || USUAL_SIZE.columns, rows: rows || USUAL_SIZE.rows };
    },
    get needsDrain() {
      return stdout.writableNeedDrain;
    },
    reflows: !isRigid(env),
    watchSharing,
    takeOver(events) {
      // A standard error that goes elsewhere disturbs nothing.
      const ends = [intercept(stdout, "stdout", originals, events)];
      if (stderr.isTTY) ends.push(intercept(stderr, "stderr", originals, events));
      const resized = (): void => void (isAsking || events.disturbed("resized"));
      stdout.on("resize", resized);
      const endGuard = guardProcess(events);
      return () => {
        for (const end of [endGuard, ...ends]) end();
        stdout.off("resize", resized);
      };
    },
  };
}

/** Has `events` told of what is printed on a stream, instead of printing it. */
function intercept(
  stream: NodeJS.WriteStream,
  name: OutputStream,
  originals: Partial<Record<OutputStream, Write>>,
  events: ScreenEvents,
): () => void {
  const isOwn = Object.hasOwn(stream, "write");
  // oxlint-disable-next-line typescript/unbound-method -- it is put back as it was, and called on the stream meanwhile
  const original = stream.write;
  const decoder = new StringDecoder();
  let isActive = true;
  const write = (...args: Parameters<Write>): boolean => {
    if (!isActive) return Reflect.apply(original, stream, args);
    const [chunk, second, third] = args as [unknown, unknown, unknown];
    const isBytes = ArrayBuffer.isView(chunk);
    // What is no output is refused as ever.
    if (typeof chunk !== "string" && !isBytes) return Reflect.apply(original, stream, args);
    const encoding = typeof second === "string" ? (second as BufferEncoding) : "utf8";
    const isText = typeof chunk === "string" && /^utf-?8$/i.test(encoding);
    const bytes = isBytes ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength) : undefined;
    events.printed(name, isText ? chunk : decoder.write(bytes ?? Buffer.from(chunk as string, encoding)));
    const callback = typeof second === "function" ? second : third;
    // Called when all that was written before has gone.
    if (typeof callback === "function") Reflect.apply(original, stream, ["", callback]);
    return !stream.writableNeedDrain;
  };
  originals[name] = original;
  stream.write = write as Write;
  return () => {
    isActive = false;
    const rest = decoder.end();
    if (rest !== "") events.printed(name, rest);
    // Somebody may have put something of their own before it: then it stays in between, and lets everything through.
    if (stream.write !== write) return;
    delete originals[name];
    if (isOwn) stream.write = original;
    else delete (stream as Partial<NodeJS.WriteStream>).write;
  };
}

/** Terminals that cut lines off when they get narrower, where nearly all others break them. */
function isRigid({ TERM, TMUX, XTERM_VERSION }: Env): boolean {
  return XTERM_VERSION !== undefined || TERM === "linux" || (TERM?.startsWith("screen") === true && TMUX === undefined);
}
