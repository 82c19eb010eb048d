import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { createInterface } from "node:readline";

// Usage: clients.ts URL COUNT IDLE. Follows the events of a server with COUNT clients, IDLE of which never read. Prints "connected", then for each
// line on standard input the smallest and the largest number of final snapshots that a reading client has had.
const [url, ...numbers] = process.argv.slice(2);
const [count, idle] = numbers.map(Number) as [number, number];
const FINAL = '"final":true';

const numFinals = new Array<number>(count - idle).fill(0);

async function connect(): Promise<IncomingMessage> {
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

for (let index = 0; index < idle; index++) (await connect()).pause();
for (let index = 0; index < count - idle; index++) follow(await connect(), index);
console.log("connected");
for await (const _line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify({ least: Math.min(...numFinals), most: Math.max(...numFinals) }));
}
process.exit();
