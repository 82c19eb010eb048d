/** A standard stream of the process. */
export type OutputStream = "stdout" | "stderr";

/** The standard streams of a program, as `process` has them. */
export interface StandardStreams {
  readonly stdout: NodeJS.WriteStream & { readonly fd: number };
  readonly stderr: NodeJS.WriteStream;
}

/** The room on a screen; `Infinity` where there is no limit. */
export interface ScreenSize {
  readonly columns: number;
  /** In lines. */
  readonly rows: number;
}

/** Where reports are printed. */
export interface Screen {
  /** Prints text at once; never throws for a reader that has gone. */
  write(text: string, stream?: OutputStream): void;
  /** Asked anew each time. */
  size(): ScreenSize;
  /** Whether what was written before still waits to be taken. */
  readonly needsDrain: boolean;
}

/** What a {@link LiveScreen} tells whoever has it. */
export interface ScreenEvents {
  /** The program has printed this on one of its streams. */
  printed(stream: OutputStream, text: string): void;
  /** The size has changed, or somebody else has had the terminal. */
  disturbed(kind: "resized" | "resumed"): void;
  /** The process is about to end, or may be: everything must be as before when this returns. */
  leaving(isEnd: boolean): void;
}

/** A screen that a display can have for itself. */
export interface LiveScreen extends Screen {
  /** Whether lines that have become too long are broken into several when the terminal gets narrower. */
  readonly reflows: boolean;
  /**
   * Has `shared` told when a child process is about to start that writes to the terminal by itself, and when the last of them has
   * ended; until the result is called.
   */
  watchSharing(shared: (isShared: boolean) => void): () => void;
  /** Takes the program's output over until the result is called. */
  takeOver(events: ScreenEvents): () => void;
}
