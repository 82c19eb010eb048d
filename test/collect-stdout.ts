/** Runs `action` with standard output collected instead of printed. */
export async function collectStdout(action: () => Promise<unknown>): Promise<string> {
  const write = process.stdout.write.bind(process.stdout);
  let text = "";
  process.stdout.write = (chunk: string | Uint8Array) => {
    text += String(chunk);
    return true;
  };
  try {
    await action();
  } finally {
    process.stdout.write = write;
  }
  return text;
}
