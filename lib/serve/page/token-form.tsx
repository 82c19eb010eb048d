import type { JSX } from "preact";

/** Asks for the token that the server wants. */
export function TokenForm(props: {
  readonly isWrong: boolean;
  readonly onToken: (token: string) => void;
}): JSX.Element {
  const { isWrong, onToken } = props;
  return (
    <form
      class="token"
      onSubmit={(event) => {
        event.preventDefault();
        const token = new FormData(event.currentTarget).get("token");
        if (typeof token === "string" && token.trim() !== "") onToken(token.trim());
      }}
    >
      <h2>This server wants a token</h2>
      <p class="quiet">It is what the program was told to serve with. It is kept until this tab is closed.</p>
      <label>
        Token <input name="token" type="password" autocomplete="current-password" required aria-invalid={isWrong} />
      </label>
      <button type="submit">Open</button>
      {isWrong && (
        <p class="notice failed" role="alert">
          The server does not take this token.
        </p>
      )}
    </form>
  );
}
