let describe: (() => string) | undefined;

/** Sets the function that lists the names in progress, for the error of a standstill. Dispose the result when the run has ended. */
export function noteProgress(listInProgress: () => readonly string[]): Disposable {
  describe = () => {
    const names = listInProgress();
    return names.length === 0 ? "" : `\nIn progress: ${names.join(", ")}`;
  };
  return {
    [Symbol.dispose]() {
      describe = undefined;
    },
  };
}

/** The names in progress as a further line of the error of a standstill; empty when they are not known. */
export function describeStandstill(): string {
  return describe?.() ?? "";
}
