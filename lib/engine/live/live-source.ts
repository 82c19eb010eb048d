/** A source of live operations: a feed or a live component. */
export interface LiveSource {
  /** Queues the operations of the source until `signal` is aborted or there are no more; called again after a rejection. */
  follow(signal: AbortSignal): Promise<void>;
}
