import type { JSX } from "preact";
import { useCallback, useEffect, useLayoutEffect, useState } from "preact/hooks";
import type { EventConnection } from "../client/event-connection.ts";
import { Announcer } from "./announcer.tsx";
import { browserClock } from "./browser-clock.ts";
import { ConnectionBanner, ConnectionMark } from "./connection-banner.tsx";
import type { PageState, PageStore } from "./page-store.ts";
import { RecentList } from "./recent-list.tsx";
import { storeToken } from "./session-token.ts";
import { TokenForm } from "./token-form.tsx";
import { UpdateSection } from "./update-section.tsx";
import { featuredOf, type UpdateState } from "./update-state.ts";

/** Properties of {@link PageApp}. */
export interface PageAppProps {
  readonly store: PageStore;
  readonly connection: EventConnection;
}

/** The whole page. */
export function PageApp({ connection, store }: PageAppProps): JSX.Element {
  const { nowMs, state } = usePage(store);
  const open = useCallback((id: string) => void connection.load(id), [connection]);
  const retry = useCallback(() => connection.retry(), [connection]);
  const { updates } = state;
  const running = updates.filter(({ endedAtMs }) => endedAtMs === null);
  useEffect(() => {
    document.title = titleOf(running);
  });
  return (
    <>
      <header class="top">
        <h1>
          <img src="./icon.svg" alt="" width={20} height={20} /> Tidemark
        </h1>
        <span class="host">{location.host}</span>
        <ConnectionMark connection={state.connection} />
      </header>
      <ConnectionBanner connection={state.connection} onRetry={retry} />
      <main>
        {state.connection.kind === "locked" ? (
          <TokenForm
            isWrong={state.connection.isWrong}
            onToken={(token) => {
              storeToken(token);
              connection.retry();
            }}
          />
        ) : (
          <Updates state={state} nowMs={nowMs} onOpen={open} />
        )}
      </main>
      <Announcer updates={updates} />
    </>
  );
}

function Updates(props: {
  readonly state: PageState;
  readonly nowMs: number;
  readonly onOpen: (id: string) => void;
}): JSX.Element {
  const { nowMs, onOpen, state } = props;
  const { connection, historyError, updates } = state;
  const featured = featuredOf(updates);
  const isIdle = featured.every(({ endedAtMs }) => endedAtMs !== null);
  return (
    <>
      {isIdle && <p class="idle">{connection.kind === "connecting" ? "Connecting…" : "No update is running."}</p>}
      {featured.map((update) => (
        <UpdateSection key={update.id} update={update} nowMs={nowMs} />
      ))}
      <RecentList updates={updates.filter((update) => !featured.includes(update))} onOpen={onOpen} />
      {historyError !== null && <p class="notice">Earlier updates cannot be shown: {historyError}</p>}
    </>
  );
}

/** The newest state, and the server's time once a second. */
function usePage(store: PageStore): { readonly state: PageState; readonly nowMs: number } {
  const [, draw] = useState(0);
  const [nowMs, setNow] = useState(() => browserClock.date().getTime());
  // With the first drawing, not after it: what changes in between would not be drawn.
  useLayoutEffect(() => store.subscribe(() => draw((count) => count + 1)), [store]);
  useEffect(() => {
    const timer = setInterval(() => {
      const now = browserClock.date().getTime() + store.state.skewMs;
      store.sample(now);
      // What was lost sight of stands still.
      if (store.state.connection.kind === "live") setNow(now);
    }, 1000);
    return () => clearInterval(timer);
  }, [store]);
  return { state: store.state, nowMs };
}

/** What the tab is called: how far what runs has come. */
function titleOf(running: readonly UpdateState[]): string {
  const [newest] = running;
  if (newest === undefined) return "Tidemark";
  const { percent } = newest.all.estimator.estimate(newest.all.snapshot.elapsedMs);
  return `${percent === null ? "" : `${percent} % `}${newest.app} – Tidemark`;
}
