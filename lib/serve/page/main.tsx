import { render } from "preact";
import { PageApp } from "./app.tsx";
import { Connection } from "./connection.ts";
import { PageStore } from "./page-store.ts";
import { Server } from "./server.ts";
import "./style.css";

/** A hidden tab gives its connection back after this: a browser has only six for one server. */
const HIDDEN_MS = 60_000;

// Frames stop while the tab is hidden; the title goes on.
const store = new PageStore(
  (action) => void (document.hidden ? setTimeout(action, 250) : requestAnimationFrame(action)),
);
const server = new Server();
const connection = new Connection(store, server);
render(<PageApp store={store} connection={connection} server={server} />, document.querySelector("#root")!);

let hiding: ReturnType<typeof setTimeout> | undefined;
document.addEventListener("visibilitychange", () => {
  clearTimeout(hiding);
  if (document.hidden) hiding = setTimeout(() => connection.rest(), HIDDEN_MS);
  else connection.retry();
});
addEventListener("online", () => connection.retry());
void connection.run();
