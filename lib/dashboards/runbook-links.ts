/** Where the shipped alerts lead to: the page that the Prometheus of `docker-compose.yml` serves. */
export const RUNBOOKS_URL = "http://127.0.0.1:9090/user/runbooks.html";

/** Has the alerts of a rule file lead to the runbooks at `url` instead, which has none of its own `#` at its end. */
export function linkRunbooks(rules: string, url: string): string {
  return rules.replaceAll(`${RUNBOOKS_URL}#`, () => `${url}#`);
}
