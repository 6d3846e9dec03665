import type { IssueSeed } from "./seed.ts";

/** What riders and the council reported. */
export const issues: IssueSeed[] = [
  {
    subject: "Map shows Harbour Street twice after switching the language",
    description: "Switch from English to Swedish with the map open. Both names stay until restart.",
    status: "In progress",
    severity: "Minor",
    by: "stan",
    assigned: "bob",
    tags: ["rider app"],
    created: [-6, "07:55"],
    custom: { Platform: "Android" },
  },
  {
    subject: "Unlock fails on the first try when the phone was just woken up",
    description: "About one unlock in thirty, only on bikes with the 2.1 lock firmware.",
    severity: "Important",
    priority: "High",
    sprint: "Sprint 8: Paying without friction",
    by: "bob",
    assigned: "bob",
    created: [-5, "18:02"],
    custom: { Platform: "iOS" },
    events: [
      {
        by: "bob",
        at: [-5, "18:04"],
        file: {
          name: "unlock.log",
          mediaType: "text/plain",
          text: "18:00:01.204 wake\n18:00:01.391 unlock sent\n18:00:01.393 radio asleep, command dropped\n18:00:04.392 no answer, giving up\n18:00:06.010 unlock sent\n18:00:06.377 open\n",
          description: "One failed and one good unlock, lock firmware 2.1",
        },
      },
      {
        by: "alice",
        at: [-3, "09:10"],
        comment: "Support counts eleven of these since Monday. @bob can it go out with the hotfix?",
      },
    ],
  },
  {
    subject: "Does the day pass end at midnight or after 24 hours?",
    description: "The website says midnight, the app says 24 hours. Which one is right?",
    type: "Question",
    status: "Needs Info",
    by: "stan",
    created: [-4, "12:30"],
  },
  {
    subject: "Receipts name the wrong currency for visitors",
    status: "Closed",
    severity: "Critical",
    priority: "High",
    sprint: "Sprint 7: Trustworthy map",
    by: "bob",
    tags: ["payments"],
    created: [-19, "09:05"],
    finished: [-17, "16:20"],
    events: [{ by: "bob", at: [-17, "16:20"], from: "In progress" }],
  },
  {
    subject: "Dark mode for the ride screen",
    type: "Enhancement",
    status: "Postponed",
    severity: "Wishlist",
    priority: "Low",
    by: "stan",
    created: [-33, "20:14"],
  },
];
