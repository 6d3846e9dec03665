import type { SprintSeed } from "./seed.ts";

/** The next sprint. */
export const nextSprint: SprintSeed = {
  name: "Sprint 9: Night rides",
  days: [6, 19],
  stories: [
    {
      subject: "Remind riders to switch the lights on after sunset",
      description: "Sunset at the station, not in the capital. Say it once a ride.",
      status: "Ready",
      by: "stan",
      assigned: "alice",
      tags: ["rider app"],
      points: { UX: "1", Front: "2", Back: "1" },
      created: [-15, "19:05"],
    },
    {
      subject: "Flat night fare between 22:00 and 5:00",
      epic: "Payments riders trust",
      tags: ["payments"],
      points: { Design: "1", Front: "2", Back: "5" },
      created: [-14, "10:45"],
    },
    {
      subject: "Keep four docks free at the hospital for the night shift",
      description: "Nurses end at 22:15 and find the station full. Three of four nights last week.",
      status: "Ready",
      epic: "Stations tell the truth",
      by: "stan",
      assigned: "bob",
      tags: ["stations"],
      points: { Back: "8" },
      created: [-12, "07:30"],
      due: 15,
      tasks: [
        { subject: "Reserve docks by station and time of day", by: "bob", created: [-3, "16:40"] },
        {
          subject: "Simulate one week with the counts of last month",
          by: "bob",
          assigned: "bob",
          created: [-3, "16:42"],
        },
      ],
    },
    {
      subject: "Show well-lit routes first after dark",
      tags: ["rider app"],
      points: { UX: "3", Front: "5", Back: "5" },
      created: [-9, "13:35"],
    },
  ],
};
