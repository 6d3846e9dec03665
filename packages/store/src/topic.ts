import type { Broadcast, BroadcastListener, Subscription } from "./broadcast.ts";

/** How the messages of one topic read on the channel that all topics share. */
export interface TopicCodec<Message> {
  encode(message: Message): string;
  /** @returns `undefined` when the text belongs to another topic. */
  decode(text: string): Message | undefined;
}

/** One kind of messages of a `Broadcast`, typed. */
export interface Topic<Message> {
  /** @throws {UnavailableError} as `Broadcast.publish` does. */
  publish(message: Message): Promise<void>;
  /** @throws {UnavailableError} after the broadcast was closed. */
  subscribe(listener: BroadcastListener<Message>): Subscription;
}

/**
 * A topic of a broadcast. It adds nothing to the text of the codec, so that processes of an older
 * version understand it; codecs of different topics must not decode one another's texts.
 */
export const createTopic = <Message>(
  broadcast: Pick<Broadcast, "publish" | "subscribe">,
  codec: TopicCodec<Message>,
): Topic<Message> => ({
  publish: (message) => broadcast.publish(codec.encode(message)),
  subscribe: (listener) =>
    broadcast.subscribe({
      message: (text) => {
        const message = codec.decode(text);
        if (message !== undefined) listener.message(message);
      },
      lost: () => listener.lost(),
      restored: () => listener.restored(),
    }),
});
