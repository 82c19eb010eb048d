import { startChild } from "./child-process.ts";

/** What another process meets that opens the store in a folder: `"open"`, or the code of the error. */
export async function openedElsewhere(folder: string): Promise<string> {
  await using child = startChild(new URL("./holding-process.ts", import.meta.url), [folder]);
  const line = (await child.lines.next()).value as string;
  return line.startsWith("open ") ? "open" : (JSON.parse(line) as { code: string }).code;
}
