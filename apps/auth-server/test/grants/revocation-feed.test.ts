import { UnavailableError } from "@taiga-mcp/service";
import { expect, it } from "vitest";
import { createGrantChangeTopic, RING_CHANGED } from "../../src/storage/topics.ts";
import { createRevocationFeed } from "../../src/grants/revocation-feed.ts";
import { createFakeBroadcast } from "../support/fake-broadcast.ts";

function setUp() {
  const broadcast = createFakeBroadcast();
  const feed = createRevocationFeed(broadcast);
  const heard: string[] = [];
  const member = {
    revoked: (gid: string) => heard.push(gid),
    changed: (gid: string) => heard.push(`changed ${gid}`),
    ended: () => heard.push("ended"),
  };
  return { broadcast, feed, heard, member };
}

it("accepts no members before the broadcast is live", () => {
  const { broadcast, feed, member } = setUp();
  expect(() => feed.join(member)).toThrow(UnavailableError);
  broadcast.restore();
  expect(() => feed.join(member)).not.toThrow();
});

it("passes messages of all processes on to all members", async () => {
  const { broadcast, feed, heard, member } = setUp();
  broadcast.restore();
  feed.join(member);
  feed.join({ ...member });
  await broadcast.publish("gid");
  expect(heard).toEqual(["gid", "gid"]);
});

it("tells a grant that changed from one that ended", async () => {
  const { broadcast, feed, heard, member } = setUp();
  broadcast.restore();
  feed.join(member);
  await createGrantChangeTopic(broadcast).publish("gid");
  expect(heard).toEqual(["changed gid"]);
});

it("does not pass on messages of other topics", async () => {
  const { broadcast, feed, heard, member } = setUp();
  broadcast.restore();
  feed.join(member);
  await broadcast.publish(RING_CHANGED);
  expect(heard).toEqual([]);
});

it("ends all members when messages may be missed, and accepts none until it is live again", async () => {
  const { broadcast, feed, heard, member } = setUp();
  broadcast.restore();
  feed.join(member);
  broadcast.lose();
  expect(() => feed.join(member)).toThrow(UnavailableError);
  await broadcast.publish("missed");
  broadcast.restore();
  await broadcast.publish("also missed");
  expect(heard).toEqual(["ended"]);
});

it("forgets a member that has left", async () => {
  const { broadcast, feed, heard, member } = setUp();
  broadcast.restore();
  feed.join(member)();
  await broadcast.publish("gid");
  broadcast.lose();
  expect(heard).toEqual([]);
});

it("ends all members when it is closed, and stays closed", async () => {
  const { broadcast, feed, heard, member } = setUp();
  broadcast.restore();
  feed.join(member);
  await feed.close();
  broadcast.restore();
  expect(() => feed.join(member)).toThrow(UnavailableError);
  expect(heard).toEqual(["ended"]);
});

it("counts its members, for the operator", () => {
  const { broadcast, feed, member } = setUp();
  expect(feed.memberCount()).toBe(0);
  broadcast.restore();
  const leave = feed.join(member);
  feed.join({ ...member });
  expect(feed.memberCount()).toBe(2);
  leave();
  expect(feed.memberCount()).toBe(1);
  broadcast.lose();
  expect(feed.memberCount()).toBe(0);
});
