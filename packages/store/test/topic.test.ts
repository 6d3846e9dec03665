import { describe, expect, it } from "vitest";
import { createLocalBroadcast } from "../src/local-broadcast.ts";
import { createTopic, type TopicCodec } from "../src/topic.ts";

const numbers: TopicCodec<number> = {
  encode: (message) => `number ${message}`,
  decode: (text) => (/^number \d+$/.test(text) ? Number(text.slice(7)) : undefined),
};

const alarms: TopicCodec<{ level: string }> = {
  encode: ({ level }) => `alarm ${level}`,
  decode: (text) => (text.startsWith("alarm ") ? { level: text.slice(6) } : undefined),
};

function listen<Message>(topic: ReturnType<typeof createTopic<Message>>) {
  const heard: unknown[] = [];
  const subscription = topic.subscribe({
    message: (message) => void heard.push(message),
    lost: () => void heard.push("lost"),
    restored: () => void heard.push("restored"),
  });
  return { heard, subscription };
}

describe("createTopic", () => {
  it("passes messages on typed, to the listeners of their topic only", async () => {
    const broadcast = createLocalBroadcast();
    const topics = [createTopic(broadcast, numbers), createTopic(broadcast, alarms)] as const;
    const [first, second] = [listen(topics[0]), listen(topics[1])];
    await topics[0].publish(7);
    await topics[1].publish({ level: "high" });
    await expect.poll(() => second.heard).toEqual(["restored", { level: "high" }]);
    expect(first.heard).toEqual(["restored", 7]);
  });

  it("publishes the text of the codec and nothing else: older replicas read it", async () => {
    const broadcast = createLocalBroadcast();
    const texts: string[] = [];
    broadcast.subscribe({
      message: (text) => void texts.push(text),
      lost: () => undefined,
      restored: () => undefined,
    });
    await createTopic(broadcast, numbers).publish(7);
    await expect.poll(() => texts).toEqual(["number 7"]);
  });

  it("drops a text that no codec can read", async () => {
    const broadcast = createLocalBroadcast();
    const { heard } = listen(createTopic(broadcast, numbers));
    await broadcast.publish("number seven");
    await broadcast.publish("number 8");
    await expect.poll(() => heard).toEqual(["restored", 8]);
  });

  it("delivers falsy messages", async () => {
    const broadcast = createLocalBroadcast();
    const topic = createTopic(broadcast, numbers);
    const { heard } = listen(topic);
    await topic.publish(0);
    await expect.poll(() => heard).toEqual(["restored", 0]);
  });

  it("tells its listeners of an outage, and nothing after they have left", async () => {
    const broadcast = createLocalBroadcast();
    const topic = createTopic(broadcast, numbers);
    const [staying, leaving] = [listen(topic), listen(topic)];
    await Promise.resolve();
    await leaving.subscription.close();
    await broadcast.close();
    expect(staying.heard).toEqual(["restored", "lost"]);
    expect(leaving.heard).toEqual(["restored"]);
  });
});
