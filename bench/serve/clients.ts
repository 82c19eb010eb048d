import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { connect, createServer, type AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { pinToCore } from "./pin.ts";

// Usage: clients.ts COUNT IDLE [URL]. Follows the events of a server with COUNT clients, IDLE of which never read; without one, COUNT connections are
// made and nothing is done. Prints "connected", then for each line on standard input the smallest and the largest number of final snapshots that a reading
// client has had.
const [count, idle] = process.argv.slice(2, 4).map(Number) as [number, number];
const url = process.argv[4];
const FINAL = '"final":true';
pinToCore(1);

const numFinals = new Array<number>(count - idle).fill(0);

async function ask(): Promise<IncomingMessage> {
  const asking = get(`${url}/api/events`, { agent: false });
  const [response] = (await once(asking, "response")) as [IncomingMessage];
  return response;
}

function follow(response: IncomingMessage, index: number): void {
  let rest = "";
  response.setEncoding("utf8").on("data", (chunk: string) => {
    const events = (rest + chunk).split("\n\n");
    rest = events.pop()!;
    for (const event of events) if (event.includes('"group":null') && event.includes(FINAL)) numFinals[index]!++;
  });
}

async function connectToNothing(): Promise<void> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  for (let index = 0; index < count; index++) await once(connect(port, "127.0.0.1"), "connect");
}

if (url === undefined) await connectToNothing();
else {
  for (let index = 0; index < idle; index++) (await ask()).pause();
  for (let index = 0; index < count - idle; index++) follow(await ask(), index);
}
console.log("connected");
for await (const _line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify({ least: Math.min(...numFinals), most: Math.max(...numFinals) }));
}
process.exit();
