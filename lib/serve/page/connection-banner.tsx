import type { JSX } from "preact";
import type { ConnectionState } from "./page-store.ts";

/** Says when what is shown is not what is. */
export function ConnectionBanner(props: {
  readonly connection: ConnectionState;
  readonly onRetry: () => void;
}): JSX.Element {
  const { connection, onRetry } = props;
  return (
    <div role="status" class="banner-place">
      {connection.kind === "lost" && (
        <p class="banner">
          <span>
            <b>Connection lost</b> ({connection.reason}). This is how things stood at{" "}
            {new Date(connection.sinceMs).toLocaleTimeString("en-GB")}; trying again.
          </span>
          <button type="button" onClick={onRetry}>
            Try now
          </button>
        </p>
      )}
    </div>
  );
}

/** Tells how the page is connected, in the corner. */
export function ConnectionMark({ connection }: { readonly connection: ConnectionState }): JSX.Element {
  const words = { connecting: "connecting", live: "live", lost: "connection lost", locked: "locked" };
  return <span class={`mark ${connection.kind}`}>{words[connection.kind]}</span>;
}
