import { addComment, addMove } from "./add-history.ts";
import { addStory, addTask } from "./add-items.ts";
import type { Draft, Moment } from "./draft.ts";
import type { UserStory } from "../state.ts";

const LAST = "Sprint 7: Trustworthy map";

/** The sprint that is over: everything in it is done. */
export function fillLastSprint(draft: Draft): void {
  const counts = addStory(draft, {
    subject: "Station counts are never older than one minute",
    description:
      "The gateway polls every five minutes. Let stations push instead, and poll only the ones that went quiet.",
    status: "Done",
    sprint: LAST,
    epic: "Stations tell the truth",
    by: "alice",
    assigned: "bob",
    tags: ["stations"],
    points: { Back: "8" },
    created: [-34, "09:30"],
    finished: [-12, "15:40"],
  });
  closedTasks(
    draft,
    counts,
    [-12, "15:40"],
    [
      "Accept pushed counts at the gateway",
      "Poll stations that were quiet for 90 seconds",
      "Alarm when more than 5 % of the stations are quiet",
    ],
  );
  addComment(
    draft,
    { kind: "userstory", item: counts, by: "bob", at: [-14, "11:02"] },
    "Median age is down from 140 s to 9 s on the test stations. @alice can you look at the numbers from the old town? Two stations there still poll.",
  );
  addComment(
    draft,
    { kind: "userstory", item: counts, by: "alice", at: [-13, "08:15"] },
    "Looked: both have the old modem. They are on the list for replacement in spring, so this is good enough.",
  );
  addMove(draft, counts, { by: "bob", at: [-12, "15:40"], from: "Ready for test" });

  const broken = addStory(draft, {
    subject: "Bikes reported as broken leave the map at once",
    description: "A report takes the bike out of the count until somebody has looked at it.",
    status: "Done",
    sprint: LAST,
    epic: "Stations tell the truth",
    by: "alice",
    assigned: "bob",
    tags: ["stations", "rider app"],
    points: { Front: "2", Back: "3" },
    created: [-33, "10:10"],
    finished: [-11, "17:05"],
  });
  closedTasks(
    draft,
    broken,
    [-11, "17:05"],
    ["Mark the bike as reported in the fleet service", "Tell the workshop queue"],
  );
  addStory(draft, {
    subject: "The map opens where the rider is, not in the city centre",
    status: "Done",
    sprint: LAST,
    by: "stan",
    assigned: "alice",
    tags: ["rider app"],
    points: { UX: "1", Front: "3" },
    created: [-32, "16:00"],
    finished: [-15, "14:20"],
  });
}

/** Tasks of a story that are all done. */
function closedTasks(draft: Draft, story: UserStory, finished: Moment, subjects: string[]) {
  for (const subject of subjects) {
    const created: Moment = [-21, "10:30"];
    addTask(draft, {
      story,
      subject,
      status: "Closed",
      by: "bob",
      assigned: "bob",
      created,
      finished,
    });
  }
}
