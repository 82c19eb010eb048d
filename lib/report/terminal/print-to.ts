/** The number of writes under way on a stream whose errors are ignored meanwhile. */
const underWay = new WeakMap<NodeJS.WriteStream, number>();
const ignore = (): void => {};

/** Prints text on a stream; a reader that has gone is no error of this process. */
export function printTo(stream: NodeJS.WriteStream, text: string, write?: NodeJS.WriteStream["write"]): void {
  const count = underWay.get(stream) ?? 0;
  if (count === 0) stream.on("error", ignore);
  underWay.set(stream, count + 1);
  // An error is emitted after the callback has had it.
  const done = (): void => void setImmediate(() => leave(stream)).unref();
  try {
    if (write === undefined) stream.write(text, done);
    else Reflect.apply(write, stream, [text, done]);
  } catch {
    leave(stream);
  }
}

function leave(stream: NodeJS.WriteStream): void {
  const count = (underWay.get(stream) ?? 1) - 1;
  underWay.set(stream, count);
  if (count === 0) stream.off("error", ignore);
}
