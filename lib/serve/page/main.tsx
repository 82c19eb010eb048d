import { render } from "preact";
import { EventConnection } from "../client/event-connection.ts";
import { UpdateClient } from "../client/update-client.ts";
import { PageApp } from "./app.tsx";
import { browserClock } from "./browser-clock.ts";
import { PageStore } from "./page-store.ts";
import { readToken } from "./session-token.ts";
import "./style.css";

/** A tab that has been hidden for this time disconnects: a browser has only six connections to one server. */
const HIDDEN_MS = 60_000;
const RETRY_BOUNDS = { firstMs: 500, longestMs: 15_000 };
const LOAD_SOON_MS = 2000;
const LONGEST_FRAME_MS = 250;

const store = new PageStore(callSoon);
const connection = new EventConnection({
  client: new UpdateClient(document.baseURI, readToken),
  sink: store,
  clock: browserClock,
  retryBounds: RETRY_BOUNDS,
  loadSoonMs: LOAD_SOON_MS,
});
render(<PageApp store={store} connection={connection} />, document.querySelector("#root")!);

let hiding: ReturnType<typeof setTimeout> | undefined;
function followVisibility(): void {
  clearTimeout(hiding);
  if (document.hidden) hiding = setTimeout(() => connection.rest(new Error("the page was hidden")), HIDDEN_MS);
  else connection.retry();
}
document.addEventListener("visibilitychange", followVisibility);
addEventListener("online", () => document.hidden || connection.retry());
followVisibility();
void connection.run();

/** Calls an action with the next frame. A hidden tab has no frames, but its title is updated as well. */
function callSoon(action: () => void): void {
  const call = (): void => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    action();
  };
  const frame = requestAnimationFrame(call);
  const timer = setTimeout(call, LONGEST_FRAME_MS);
}
