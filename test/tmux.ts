import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { inheritedEnv } from "./cli/cli-folder.ts";
import { createTempFolder } from "./temp-folder.ts";
import { until } from "./until.ts";

const execute = promisify(execFile);

/** The state of a terminal that a program may have changed. */
export interface TerminalState {
  readonly isCursorVisible: boolean;
  readonly wraps: boolean;
  readonly isAlternate: boolean;
  /** The settings of the line discipline. */
  readonly settings: string;
}

/** How a terminal is opened. */
export interface TmuxOptions {
  readonly folder: string;
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** A real terminal with a shell command in it; `await using` closes it. */
export class TmuxTerminal implements AsyncDisposable {
  readonly #socket: string;
  readonly #folder: AsyncDisposable;

  private constructor(socket: string, folder: AsyncDisposable) {
    this.#socket = socket;
    this.#folder = folder;
  }

  /** Runs `command` in a new terminal, then prints "ENDED" with the exit code, and keeps the terminal open. */
  static async open(command: string, options: TmuxOptions): Promise<TmuxTerminal> {
    const { columns = 80, env = {}, folder, rows = 24 } = options;
    const temp = await createTempFolder();
    const terminal = new TmuxTerminal(join(temp.path, "tmux"), temp);
    // A shell with a trap outlives the Ctrl-C that is meant for its command. A late Ctrl-C ends one `sleep`, and not the terminal.
    const script = `trap : INT; ${command}; code=$?; echo "ENDED $code"; sleep 600; sleep 600; sleep 600`;
    const size = ["-x", String(columns), "-y", String(rows)];
    const start = ["-u", "-f", "/dev/null", "new-session", "-d", ...size, "-c", folder, "sh", "-c", script];
    await execute("tmux", ["-S", terminal.#socket, ...start], { env: { ...inheritedEnv(), ...env } });
    await terminal.#run("set-option", "-g", "history-limit", "50000");
    return terminal;
  }

  /** All lines with the history, without blanks at their ends. */
  async lines(): Promise<string[]> {
    return (await this.#run("capture-pane", "-p", "-S", "-")).split("\n").map((line) => line.trimEnd());
  }

  /** The visible lines, with colours as escape sequences. */
  colours(): Promise<string> {
    return this.#run("capture-pane", "-p", "-e");
  }

  /** Resolves with all lines as soon as one of them matches. */
  async waitFor(pattern: RegExp): Promise<string[]> {
    let lines: string[] = [];
    const isPrinted = async (): Promise<boolean> => {
      lines = await this.lines();
      return lines.some((line) => pattern.test(line));
    };
    await until(isPrinted, { explain: () => ({ pattern, lines }) });
    return lines;
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#run("resize-window", "-x", String(columns), "-y", String(rows));
  }

  /** Resolves when two looks show the same: everything is drawn that was written before, if the program stands still. */
  async drained(): Promise<void> {
    let lines: readonly string[] = [];
    const isDrained = async (): Promise<boolean> => {
      const before = lines;
      lines = await this.lines();
      return lines.join("\n") === before.join("\n");
    };
    await until(isDrained, { explain: () => lines });
  }

  async press(key: string): Promise<void> {
    await this.#run("send-keys", key);
  }

  async state(): Promise<TerminalState> {
    const [cursor, wrap, alternate] = (
      await this.#run("display-message", "-p", "#{cursor_flag} #{wrap_flag} #{alternate_on}")
    ).split(/\s+/);
    const tty = (await this.#run("display-message", "-p", "#{pane_tty}")).trim();
    const { stdout: settings } = await execute("stty", ["-a", "-F", tty]);
    return { isCursorVisible: cursor === "1", wraps: wrap === "1", isAlternate: alternate === "1", settings };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#run("kill-server").catch(() => {});
    await this.#folder[Symbol.asyncDispose]();
  }

  async #run(...args: readonly string[]): Promise<string> {
    return (await execute("tmux", ["-S", this.#socket, ...args])).stdout;
  }
}
