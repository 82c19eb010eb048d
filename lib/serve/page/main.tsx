import { render } from "preact";
import { PageApp } from "./app.tsx";
import { Connection } from "./connection.ts";
import { PageStore } from "./page-store.ts";
import { Server } from "./server.ts";
import "./style.css";

/** A hidden tab gives its connection back after this: a browser has only six for one server. */
const HIDDEN_MS = 60_000;
const LONGEST_FRAME_MS = 250;

const store = new PageStore(callSoon);
const server = new Server();
const connection = new Connection(store, server);
render(<PageApp store={store} connection={connection} server={server} />, document.querySelector("#root")!);

let hiding: ReturnType<typeof setTimeout> | undefined;
function followVisibility(): void {
  clearTimeout(hiding);
  if (document.hidden) hiding = setTimeout(() => connection.rest(), HIDDEN_MS);
  else connection.retry();
}
document.addEventListener("visibilitychange", followVisibility);
addEventListener("online", () => document.hidden || connection.retry());
followVisibility();
void connection.run();

/** Calls an action with the next frame. There is none while the tab is hidden, where the title goes on. */
function callSoon(action: () => void): void {
  const call = (): void => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    action();
  };
  const frame = requestAnimationFrame(call);
  const timer = setTimeout(call, LONGEST_FRAME_MS);
}
