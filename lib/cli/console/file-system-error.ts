/** Whether `error` is of the file system: its message says what could not be done, and to which file. */
export function isFileSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}
