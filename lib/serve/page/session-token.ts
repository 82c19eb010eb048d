const KEY = "tidemark-token";

/** Returns the token of this tab; `undefined` for none. */
export function readToken(): string | undefined {
  return sessionStorage.getItem(KEY) ?? undefined;
}

/** Stores the token until the tab is closed. */
export function storeToken(token: string): void {
  sessionStorage.setItem(KEY, token);
}
