/** The project that a run belongs to: it tells which target states may be removed. */
export interface Project {
  /** The canonical absolute path of the project's folder; places below it are stored relative to it. */
  readonly root: string;
  /** Whether target states outside the root may be removed: not in a store that was moved, until its new place is confirmed. */
  readonly isConfirmed: boolean;
}
