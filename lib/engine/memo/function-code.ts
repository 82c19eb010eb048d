import jsTokens, { type Token } from "js-tokens";

/** Tokens after which a slash may be a division or begin a regular expression, depending on more than the tokens around it. */
const AMBIGUOUS = new Set(["}", "++", "--", "await", "of", "yield"]);

const BREAK = /[\n\r\u2028\u2029]/;

/** Comments of the old syntax for HTML, which js-tokens takes for operators. */
const HTML_COMMENT = /<!--|-->/;

/**
 * Returns the code in a source text: its tokens without comments and white space, each with its length, and one mark wherever line breaks
 * stood, because `return` before a line break is other code. Strings, templates and regular expressions are kept as written.
 *
 * Source whose tokens are not certain is returned as it is, so that it is compared with all of its comments.
 */
export function codeOf(source: string): string {
  if (HTML_COMMENT.test(source)) return source;
  const scan = new CodeScan();
  let size = 0;
  for (const token of jsTokens(source)) {
    size += token.value.length;
    if (!scan.add(token)) return source;
  }
  return size === source.length ? scan.code : source;
}

class CodeScan {
  code = "";
  #last = "";
  #hasBreak = false;
  #hasForAwait = false;

  /** Adds a token; returns whether it is certain that it is one. */
  add(token: Token): boolean {
    const { type, value } = token;
    if (type === "Invalid" || ("closed" in token && !token.closed)) return false;
    if (type === "WhiteSpace" || type === "SingleLineComment") return true;
    if (type === "LineTerminatorSequence" || type === "MultiLineComment") {
      this.#hasBreak ||= BREAK.test(value);
      return true;
    }
    if (value.startsWith("/") && this.#isAmbiguous) return false;
    this.#append(value);
    return true;
  }

  /** Whether a slash after the last token may be read in two ways. */
  get #isAmbiguous(): boolean {
    return AMBIGUOUS.has(this.#last) || (this.#last === ")" && this.#hasForAwait);
  }

  #append(value: string): void {
    if (this.#hasBreak && this.code !== "") this.code += "\n";
    this.code += `${value.length}:${value}`;
    this.#hasForAwait ||= this.#last === "for" && value === "await";
    this.#hasBreak = false;
    this.#last = value;
  }
}
