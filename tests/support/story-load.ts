import { setTimeout as sleep } from "node:timers/promises";
import {
  createStubbornClient,
  type StubbornClient,
  type StubbornClientOptions,
} from "./stubborn-client.ts";

const PROJECT = "pedal";
/** One attempt per half second; a killed service may take long to restart. */
const MAX_ATTEMPTS = 120;

export interface StoryLoad {
  /** The prefix of the subjects of all its stories. */
  mark: string;
  /** Waits until every client has had time for another step. */
  progress(): Promise<void>;
  /** @returns the subjects of all stories whose creation was confirmed to a client. */
  stop(): Promise<string[]>;
}

/**
 * Starts three clients that each write stories and refresh tokens in turn until stopped.
 * @param connect logs a new client in, as alice.
 */
export async function startStoryLoad(
  taigaApiUrl: string,
  connect: () => Promise<StubbornClientOptions>,
): Promise<StoryLoad> {
  const mark = `load-${Date.now()}`;
  const subjects: string[] = [];
  let isStopped = false;

  async function work(client: StubbornClient, worker: number): Promise<void> {
    for (let count = 0; !isStopped; count += 1) {
      const subject = `${mark} ${worker}-${count}`;
      await write(taigaApiUrl, client, subject);
      subjects.push(subject);
      if (count % 3 === worker) await client.refresh();
    }
  }
  const workers = await Promise.all(
    [0, 1, 2].map(async (worker) => {
      const client = createStubbornClient(await connect());
      return { done: work(client, worker) };
    }),
  );
  // A failed worker must fail the test, but only once the test awaits it.
  const all = Promise.all(workers.map(({ done }) => done));
  all.catch(() => {});

  return {
    mark,
    progress: async () => {
      const goal = subjects.length + 3;
      // A failed worker ends the wait at once.
      while (subjects.length < goal) await Promise.race([all, sleep(20)]);
    },
    stop: async () => {
      isStopped = true;
      await all;
      return subjects;
    },
  };
}

/**
 * Creates a story as the tool's answers advise: after a failure, repeat with the same key; after an
 * unknown outcome, search for the story and create it with a new key only if it is missing.
 */
async function write(taigaApiUrl: string, client: StubbornClient, subject: string): Promise<void> {
  let key = subject;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const { data, text } = await client.call("create_items", {
      project: PROJECT,
      items: [{ kind: "story", subject }],
      idempotency_key: key,
    });
    const [item] = (data["items"] ?? []) as { outcome: string }[];
    if (item?.outcome === "created") return;
    // Taiga may still be processing the aborted call.
    await sleep(500);
    if (item?.outcome === "unknown" || text.includes("outcome_unknown")) {
      if ((await subjectsInTaiga(taigaApiUrl, subject)).includes(subject)) return;
      key = `${subject} again ${attempt}`;
    } else if (!text.includes("unavailable")) {
      throw new Error(`${subject} was not written: ${text}`);
    }
  }
  throw new Error(`${subject} could not be written`);
}

/** Subjects of the stories that alice sees and that start with `mark`, read from Taiga directly. */
export async function subjectsInTaiga(taigaApiUrl: string, mark: string): Promise<string[]> {
  const user = { username: "alice", password: "alice-password" };
  const login = await fetch(`${taigaApiUrl}/auth`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ type: "normal", ...user }),
  });
  const { auth_token: token } = (await login.json()) as { auth_token: string };
  const response = await fetch(`${taigaApiUrl}/userstories`, {
    headers: { authorization: `Bearer ${token}`, "x-disable-pagination": "True" },
  });
  const stories = (await response.json()) as { subject: string }[];
  return stories.map(({ subject }) => subject).filter((subject) => subject.startsWith(mark));
}
