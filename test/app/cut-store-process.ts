import { setImmediate } from "node:timers/promises";
import { App, Environment, fn, mountEach } from "../../lib/index.ts";
import { cutAfterFailure } from "../state/cut-after-failure.ts";

// Run where a flush of the store's data fails: cuts the data short in the commit that fails. Prints the outcome of the updates, of the close,
// and of an update of the next environment.
const folder = process.argv[2]!;
cutAfterFailure(folder);

const doc = fn({ memo: true }, async function doc(text: string) {
  return text;
});

async function report(act: () => Promise<unknown>): Promise<string> {
  const outcome = await act().then(
    () => "done",
    ({ code, message }: { readonly code?: string; readonly message: string }) => `${code} ${message}`,
  );
  console.log(outcome);
  return outcome;
}

function update(environment: Environment, round: number): Promise<unknown> {
  const items = Array.from({ length: 200 }, (_, index) => [index, `${index % 2} ${round}`] as const);
  return new App({ name: "app", environment }, () => mountEach(doc, items)).update().result();
}

const environment = new Environment({ dbPath: folder, onException: () => {} });
for (let round = 0; (await report(() => update(environment, round))) === "done"; round++);
await report(() => update(environment, 0));
await report(() => environment.close());
const next = new Environment({ dbPath: folder });
await report(() => update(next, 0));
await next.close();
// An unhandled rejection ends the process within this turn.
await setImmediate();
console.log("alive");
