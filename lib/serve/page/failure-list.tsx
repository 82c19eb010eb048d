import type { JSX } from "preact";
import type { FailureRecord } from "../../progress/record/update-record.ts";
import { formatCount } from "../../text/count.ts";
import { groupByCause, type Cause } from "./group-by-cause.ts";
import { describeError, describeFailures } from "./words.ts";

/** The most paths that are listed of one cause. */
const MAX_PATHS = 8;

/** The newest failures of an update, by their cause. */
export function FailureList(props: {
  /** What the place is called for those who jump from one to the next; it is none without. */
  readonly label: string | undefined;
  readonly failures: readonly FailureRecord[];
  readonly numErrors: number;
}): JSX.Element | null {
  const { failures, label, numErrors } = props;
  if (failures.length === 0) return null;
  const newest = numErrors > failures.length ? `, of the newest ${formatCount(failures.length)}` : "";
  return (
    <section class="failures" aria-label={label}>
      <h3>
        {describeFailures(numErrors)} by cause{newest}
      </h3>
      {groupByCause(failures).map((cause) => (
        <CauseDetails key={cause.key} cause={cause} />
      ))}
    </section>
  );
}

function CauseDetails({ cause }: { readonly cause: Cause }): JSX.Element {
  const { failures, message } = cause;
  const newest = failures.at(-1)!;
  return (
    <details class="cause">
      <summary>
        <span class="count">{formatCount(failures.length)}×</span>
        <span class="message" dir="auto">
          {message}
        </span>
      </summary>
      <ul class="paths">
        {failures.slice(-MAX_PATHS).map(({ at, component, group, path }) => (
          <li key={`${path} ${at}`}>
            <b dir="auto">{component}</b> at <code dir="auto">{path}</code>
            {group !== null && (
              <>
                {" in "}
                <span dir="auto">{group}</span>
              </>
            )}
          </li>
        ))}
        {failures.length > MAX_PATHS && <li class="more">and {formatCount(failures.length - MAX_PATHS)} before</li>}
      </ul>
      {/* A region that scrolls can be reached with the keyboard. */}
      <pre tabIndex={0} role="region" aria-label={`Stack of ${message}`}>
        {newest.error.stack ?? describeError(newest.error)}
      </pre>
    </details>
  );
}
