import type { Moment, SprintSeed, TaskSeed } from "./seed.ts";

/** A task with the day on which it was done. */
const closedTask = (subject: string, finished: Moment): TaskSeed => ({
  subject,
  status: "Closed",
  by: "bob",
  assigned: "bob",
  created: [-21, "10:30"],
  finished,
  events: [{ by: "bob", at: finished, from: "In progress" }],
});

/** The last sprint; all its stories and tasks are done. */
export const lastSprint: SprintSeed = {
  name: "Sprint 7: Trustworthy map",
  days: [-22, -9],
  stories: [
    {
      subject: "Station counts are never older than one minute",
      description:
        "The gateway polls every five minutes. Let stations push instead, and poll only the ones that went quiet.",
      status: "Done",
      epic: "Stations tell the truth",
      assigned: "bob",
      tags: ["stations"],
      points: { Back: "8" },
      created: [-34, "09:30"],
      finished: [-12, "15:40"],
      tasks: [
        closedTask("Accept pushed counts at the gateway", [-17, "16:10"]),
        closedTask("Poll stations that were quiet for 90 seconds", [-14, "10:45"]),
        closedTask("Alarm when more than 5 % of the stations are quiet", [-12, "15:40"]),
      ],
      events: [
        {
          by: "bob",
          at: [-14, "11:02"],
          comment:
            "Median age is down from 140 s to 9 s on the test stations. @alice can you look at the numbers from the old town? Two stations there still poll.",
        },
        {
          by: "alice",
          at: [-13, "08:15"],
          comment:
            "Looked: both have the old modem. They are on the list for replacement in spring, so this is good enough.",
        },
        {
          by: "bob",
          at: [-14, "11:05"],
          file: {
            name: "count-age.csv",
            mediaType: "text/csv",
            text: "station,median_age_before_s,median_age_after_s\nHarbour Street,141,8\nCentral,139,9\nOld Town 1,140,138\nOld Town 2,143,141\n",
            description: "Age of the counts on the test stations, before and after",
          },
        },
        { by: "bob", at: [-12, "15:40"], from: "Ready for test" },
      ],
    },
    {
      subject: "Bikes reported as broken leave the map at once",
      description: "A report takes the bike out of the count until somebody has looked at it.",
      status: "Done",
      epic: "Stations tell the truth",
      assigned: "bob",
      tags: ["stations", "rider app"],
      points: { Front: "2", Back: "3" },
      created: [-33, "10:10"],
      finished: [-11, "17:05"],
      tasks: [
        closedTask("Mark the bike as reported in the fleet service", [-16, "11:30"]),
        closedTask("Tell the workshop queue", [-11, "17:05"]),
      ],
    },
    {
      subject: "The map opens where the rider is, not in the city centre",
      status: "Done",
      by: "stan",
      assigned: "alice",
      tags: ["rider app"],
      points: { UX: "1", Front: "3" },
      created: [-32, "16:00"],
      finished: [-19, "14:20"],
    },
    {
      subject: "A closed station says so instead of showing zero bikes",
      description: "Road works close two or three stations a week. Riders walk there for nothing.",
      status: "Done",
      epic: "Stations tell the truth",
      by: "stan",
      assigned: "alice",
      tags: ["stations", "rider app"],
      points: { UX: "1", Front: "2" },
      created: [-31, "08:50"],
      finished: [-10, "13:15"],
    },
  ],
};
