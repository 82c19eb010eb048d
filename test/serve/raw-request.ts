import { connect } from "node:net";

/** Sends bytes to a server as they are, and gives all that it answers until it closes the connection. */
export async function sendRaw(port: number, ...chunks: readonly string[]): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port });
  let answer = "";
  socket.setEncoding("latin1").on("data", (chunk: string) => {
    answer += chunk;
  });
  // A server that turns somebody away may do so before all was sent.
  socket.on("error", () => {});
  for (const chunk of chunks) socket.write(chunk);
  await new Promise((resolve) => socket.once("close", resolve));
  return answer;
}
