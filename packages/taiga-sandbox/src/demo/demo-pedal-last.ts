import { addFile } from "./add-content.ts";
import { addComment, addMove } from "./add-history.ts";
import { addStory, addTask } from "./add-items.ts";
import type { Draft, Moment } from "./draft.ts";
import type { UserStory } from "../model/state.ts";

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
  addClosedTasks(draft, counts, [
    ["Accept pushed counts at the gateway", [-17, "16:10"]],
    ["Poll stations that were quiet for 90 seconds", [-14, "10:45"]],
    ["Alarm when more than 5 % of the stations are quiet", [-12, "15:40"]],
  ]);
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
  addFile(
    draft,
    { kind: "userstory", item: counts, by: "bob", at: [-14, "11:05"] },
    {
      name: "count-age.csv",
      mediaType: "text/csv",
      text: "station,median_age_before_s,median_age_after_s\nHarbour Street,141,8\nCentral,139,9\nOld Town 1,140,138\nOld Town 2,143,141\n",
      description: "Age of the counts on the test stations, before and after",
    },
  );
  const done = { by: "bob", at: [-12, "15:40"], from: "Ready for test" } as const;
  addMove(draft, { kind: "userstory", item: counts, ...done });

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
  addClosedTasks(draft, broken, [
    ["Mark the bike as reported in the fleet service", [-16, "11:30"]],
    ["Tell the workshop queue", [-11, "17:05"]],
  ]);
  addStory(draft, {
    subject: "The map opens where the rider is, not in the city centre",
    status: "Done",
    sprint: LAST,
    by: "stan",
    assigned: "alice",
    tags: ["rider app"],
    points: { UX: "1", Front: "3" },
    created: [-32, "16:00"],
    finished: [-19, "14:20"],
  });
  addStory(draft, {
    subject: "A closed station says so instead of showing zero bikes",
    description: "Road works close two or three stations a week. Riders walk there for nothing.",
    status: "Done",
    sprint: LAST,
    epic: "Stations tell the truth",
    by: "stan",
    assigned: "alice",
    tags: ["stations", "rider app"],
    points: { UX: "1", Front: "2" },
    created: [-31, "08:50"],
    finished: [-10, "13:15"],
  });
}

/** Tasks of a story that are all done, each on a day of its own. */
function addClosedTasks(
  draft: Draft,
  story: UserStory,
  tasks: readonly (readonly [subject: string, finished: Moment])[],
): void {
  for (const [subject, finished] of tasks) {
    const created: Moment = [-21, "10:30"];
    const people = { by: "bob", assigned: "bob" };
    const task = addTask(draft, {
      story,
      subject,
      status: "Closed",
      ...people,
      created,
      finished,
    });
    addMove(draft, { kind: "task", item: task, by: "bob", at: finished, from: "In progress" });
  }
}
