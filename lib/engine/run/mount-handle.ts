/** Returned by `mount`, `mountEach` and the operations of live sources: tells when what was mounted is applied. */
export interface MountHandle {
  /**
   * Resolves when the component and everything below it is applied, failed or cancelled; may be called again.
   *
   * @throws what the last exception handler threw, where none has swallowed a failure
   */
  ready(): Promise<void>;
}
