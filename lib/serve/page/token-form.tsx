import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { isToken, TOKEN_RULE } from "../client/token.ts";

/** Asks for the token that the server wants. */
export function TokenForm(props: {
  readonly isWrong: boolean;
  readonly onToken: (token: string) => void;
}): JSX.Element {
  const { isWrong, onToken } = props;
  const [isMalformed, setMalformed] = useState(false);
  return (
    <form
      class="token"
      onSubmit={(event) => {
        event.preventDefault();
        const entry = new FormData(event.currentTarget).get("token");
        const token = typeof entry === "string" ? entry.trim() : "";
        setMalformed(!isToken(token));
        if (isToken(token)) onToken(token);
      }}
    >
      <h2>This server wants a token</h2>
      <p class="quiet">It is what the program was told to serve with. It is kept until this tab is closed.</p>
      <label>
        Token{" "}
        <input
          name="token"
          type="password"
          autocomplete="current-password"
          required
          aria-invalid={isWrong || isMalformed}
        />
      </label>
      <button type="submit">Open</button>
      {(isWrong || isMalformed) && (
        <p class="notice failed" role="alert">
          {isMalformed ? `A token is ${TOKEN_RULE}.` : "The server does not take this token."}
        </p>
      )}
    </form>
  );
}
