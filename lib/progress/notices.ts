/** The kinds of {@link Notice}. */
export type NoticeCode = "APPLY_ABANDONED" | "NOTHING_MATCHES" | "SOURCE_EMPTIED" | "TARGET_MOVED" | "WRITES_LOST";

/** A fact about a run that is no failure, and that a user may not expect. */
export interface Notice {
  readonly code: NoticeCode;
  /** One sentence without a final stop. */
  readonly message: string;
  /** The path that it is about, as text. */
  readonly path: string;
  /** The title of the stats group it belongs to; `null` outside any. */
  readonly group: string | null;
}

/** The number of notices that a report keeps: the first. */
export const MAX_NOTICES = 100;

/** The notices of one report, one for each path and code. A display shows them, or else they are logged. */
export class Notices {
  /** Called with each notice as it is added. */
  onAdd: ((notice: Notice) => void) | undefined;
  readonly #group: string | null;
  readonly #byKey = new Map<string, Notice>();
  #isShown = false;

  constructor(group: string | null) {
    this.#group = group;
  }

  /** Whether a display shows the notices. */
  get isShown(): boolean {
    return this.#isShown;
  }

  /** Marks the notices as shown by a display, which shows later ones as well. */
  markShown(): void {
    this.#isShown = true;
  }

  /** Adds a notice, unless there is one of the same code and path, or {@link MAX_NOTICES} are kept. */
  add(notice: Omit<Notice, "group">): void {
    const key = `${notice.code} ${notice.path}`;
    if (this.#byKey.has(key) || this.#byKey.size >= MAX_NOTICES) return;
    const kept: Notice = Object.freeze({ ...notice, group: this.#group });
    this.#byKey.set(key, kept);
    this.onAdd?.(kept);
  }

  /** Returns the notices, oldest first. */
  values(): readonly Notice[] {
    return [...this.#byKey.values()];
  }
}
