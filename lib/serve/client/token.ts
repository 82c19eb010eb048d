/** Whether a text can be sent as a bearer token (RFC 6750, section 2.1). */
export function isToken(text: string): boolean {
  return /^[A-Za-z0-9._~+/-]+=*$/.test(text);
}

/** The rule of {@link isToken} in words. */
export const TOKEN_RULE = "made of letters, digits and any of -._~+/, with = at its end only";
