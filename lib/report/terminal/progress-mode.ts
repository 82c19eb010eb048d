/** How progress is shown: an area that is drawn again, lines that stay, snapshots for machines, or not at all. */
export type ProgressMode = "tty" | "plain" | "json" | "none";

/** The environment variable that chooses the mode. */
const VARIABLE = "TIDEMARK_PROGRESS";

const MODES: readonly string[] = ["tty", "plain", "json", "none"] satisfies readonly ProgressMode[];

/** Environment variables. */
export type Env = Readonly<Record<string, string | undefined>>;

/**
 * Chooses the mode where the program does not: what `TIDEMARK_PROGRESS` says; else plain for who asks for accessible output, for
 * continuous integration, and where there is no terminal or only a dumb one; else the area.
 *
 * @throws RangeError when `TIDEMARK_PROGRESS` is something else
 */
export function chooseProgressMode(env: Env, isTerminal: boolean): ProgressMode {
  const asked = env[VARIABLE];
  if (asked !== undefined && asked !== "") {
    if (MODES.includes(asked)) return asked as ProgressMode;
    throw new RangeError(
      `Cannot show progress: \`${VARIABLE}\` must be tty, plain, json or none, got ${JSON.stringify(asked)}`,
    );
  }
  const isPlain = isSet(env["ACCESSIBLE"]) || isSet(env["CI"]) || env["TERM"] === "dumb" || !isTerminal;
  return isPlain ? "plain" : "tty";
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && !["", "0", "false"].includes(value.toLowerCase());
}
