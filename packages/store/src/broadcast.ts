/**
 * Who hears what is broadcast. It begins *lost*; then `restored` and `lost` take turns, however
 * many connections it took to get from one to the other.
 */
export interface BroadcastListener<Message = string> {
  /** Messages of one sender come in the order in which they were published. */
  message(message: Message): void;
  /**
   * From now on messages may be missed, and some of the last three seconds may be missing
   * already: that is how long a connection can be dead without a sign. What comes before
   * `restored` may be incomplete. Called as soon as it is known, and once for each outage.
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
 * What one process of a service tells all of them, itself included: each message once or, when a
 * connection is lost, never. Nothing is kept: who joins later hears what is published later.
 */
export interface Broadcast {
  /**
   * Reaches every listener that is connected now. Whether any is, is not known.
   * @throws {UnavailableError} when it cannot be sent, or that is not certain.
   */
  publish(message: string): Promise<void>;

  /**
   * Adds a listener. It is never called before this returns, and a listener that throws harms
   * neither the others nor itself: it goes on hearing.
   * @throws {UnavailableError} after `close`.
   */
  subscribe(listener: BroadcastListener): Subscription;

  /** To the listeners this is an outage that does not end. */
  close(): Promise<void>;
}
