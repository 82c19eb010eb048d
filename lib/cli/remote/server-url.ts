import { UsageError } from "../console/usage-error.ts";

/**
 * Completes the URL of a server: `http://` in front when it has no scheme, one slash at the end.
 *
 * @throws UsageError for text that is no such URL
 */
export function parseServerUrl(text: string): string {
  const full = /^[a-z]+:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(full) || !/^https?:/i.test(full)) {
    throw new UsageError(
      `Cannot watch "${text}": it must be the URL that a run is served at, such as http://127.0.0.1:9464`,
    );
  }
  return new URL(full).href.replace(/\/*$/, "/");
}
