let root: string | undefined;

/**
 * Runs `body`, in which values are asked for their memo keys, for a run in the project at `memoRoot`. Values that stand for files and folders
 * identify them by their place in the project, so that a moved project keeps its memos.
 */
export function withMemoRoot<T>(memoRoot: string, body: () => T): T {
  const outer = root;
  root = memoRoot;
  try {
    return body();
  } finally {
    root = outer;
  }
}

/** The folder of the project for which a memo key is asked; `undefined` when it is not asked by a run. */
export function currentMemoRoot(): string | undefined {
  return root;
}
