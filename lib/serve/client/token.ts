/** The fewest characters of a token that a server accepts: shorter ones can be guessed. */
const MIN_TOKEN_LENGTH = 16;

/** Whether a text can be sent as a bearer token (RFC 6750, section 2.1). */
export function isToken(text: string): boolean {
  return /^[A-Za-z0-9._~+/-]+=*$/.test(text);
}

/** The rule of {@link isToken} in words. */
export const TOKEN_RULE = "made of letters, digits and any of -._~+/, with = at its end only";

/** Whether a token is too short for a server. */
export function isShortToken(token: string): boolean {
  return token.length < MIN_TOKEN_LENGTH;
}

/** The error message about a token that is too short. It never contains the token. */
export function describeShortToken(name: string, token: string): string {
  return (
    `${name} must have at least ${MIN_TOKEN_LENGTH} characters, got ${token.length}; ` +
    "create one with `openssl rand -hex 32`"
  );
}
