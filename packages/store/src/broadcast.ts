/**
 * Receives what is broadcast. A listener begins *lost*; then `restored` and `lost` alternate,
 * however many reconnections happen in between.
 */
export interface BroadcastListener<Message = string> {
  /** Messages of one sender come in the order in which they were published. */
  message(message: Message): void;
  /**
   * Messages may be missed until `restored`, and some of the last three seconds may be missing
   * already: that is how long a dead connection can go unnoticed. Called once for each outage, as
   * soon as it is known.
   */
  lost(): void;
  /** No message that is published from now on is missed, until `lost`. */
  restored(): void;
}

export interface Subscription {
  /** The listener is not called any more. */
  close(): Promise<void>;
}

/**
 * Messages from one process of a service to all of them, itself included: each is delivered once
 * or, when a connection is lost, never. Nothing is kept for listeners that subscribe later.
 */
export interface Broadcast {
  /**
   * Reaches every listener that is connected now; there may be none.
   * @throws {UnavailableError} when it cannot be sent, or that is not certain.
   */
  publish(message: string): Promise<void>;

  /**
   * Adds a listener. It is never called before this returns. When it throws, that is logged, and
   * it and the others go on receiving.
   * @throws {UnavailableError} after `close`.
   */
  subscribe(listener: BroadcastListener): Subscription;

  /** Tells the listeners `lost`; they are not called again. */
  close(): Promise<void>;
}
