import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { connect, type Socket } from "node:net";

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

/** Asks a server of this process for `/` and reads nothing of the answer, until the server gives the connection up. */
export async function askWithoutReading(port: number): Promise<void> {
  const end = connectionEnd();
  const socket = connect({ host: "127.0.0.1", port });
  socket.on("error", () => {}).pause();
  socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await end;
  socket.destroy();
}

/** Resolves when the server's side of the next connection has ended. */
function connectionEnd(): Promise<void> {
  return new Promise((resolve) => {
    const name = "net.server.socket";
    const take = (message: unknown): void => {
      unsubscribe(name, take);
      (message as { readonly socket: Socket }).socket.once("close", () => resolve());
    };
    subscribe(name, take);
  });
}
