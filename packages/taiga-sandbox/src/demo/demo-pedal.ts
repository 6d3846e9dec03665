import { addCustomAttribute, addMilestone, setCustomValues } from "./add-content.ts";
import { addComment } from "./add-history.ts";
import { addEpic, addStory } from "./add-items.ts";
import { fillCurrentSprint } from "./demo-pedal-current.ts";
import { fillIssues } from "./demo-pedal-issues.ts";
import { fillLastSprint } from "./demo-pedal-last.ts";
import { fillNextSprint } from "./demo-pedal-next.ts";
import { fillWiki } from "./demo-pedal-wiki.ts";
import type { Draft } from "./draft.ts";

/** Sprints, epics and the backlog of the bike-sharing app. */
export function fillPedal(draft: Draft): void {
  addMilestone(draft, "Sprint 7: Trustworthy map", "alice", [-22, -9]);
  addMilestone(draft, "Sprint 8: Paying without friction", "alice", [-8, 5]);
  addMilestone(draft, "Sprint 9: Night rides", "alice", [6, 19]);
  addCustomAttribute(draft, {
    kind: "userstory",
    name: "Release",
    description: "The app version that ships it",
    type: "dropdown",
    extra: ["3.4", "3.5", "later"],
  });
  addCustomAttribute(draft, {
    kind: "userstory",
    name: "Reach",
    description: "Riders affected in a week, estimated",
    type: "number",
    extra: null,
  });
  addCustomAttribute(draft, {
    kind: "task",
    name: "Reviewer",
    description: "Who looks at the change",
    type: "text",
    extra: null,
  });
  addCustomAttribute(draft, {
    kind: "issue",
    name: "Platform",
    description: "Where it was seen",
    type: "dropdown",
    extra: ["iOS", "Android", "Web", "Station"],
  });
  addCustomAttribute(draft, {
    kind: "epic",
    name: "Measure",
    description: "The number that should move",
    type: "text",
    extra: null,
  });
  const payments = addEpic(draft, {
    subject: "Payments riders trust",
    description: "Nobody should wonder what a ride will cost, or why it cost what it did.",
    status: "In progress",
    color: "#5178d3",
    by: "alice",
    created: [-60, "09:12"],
    tags: ["payments"],
  });
  setCustomValues(draft, "epic", payments, { Measure: "Refund mails a day: 40 to 10" });
  addEpic(draft, {
    subject: "Stations tell the truth",
    description: "What the map shows is what stands on the street.",
    status: "In progress",
    color: "#40e47c",
    by: "alice",
    created: [-60, "09:20"],
    tags: ["stations"],
  });
  addEpic(draft, {
    subject: "Everybody can ride",
    description: "Screen readers, large text, and the adapted bikes on the map.",
    color: "#a8e440",
    by: "stan",
    created: [-35, "14:05"],
    tags: ["accessibility"],
  });
  fillLastSprint(draft);
  fillCurrentSprint(draft);
  fillNextSprint(draft);
  fillBacklog(draft);
  fillIssues(draft);
  fillWiki(draft);
}

function fillBacklog(draft: Draft): void {
  addStory(draft, {
    subject: "Show adapted bikes as their own kind on the map",
    description:
      "Hand bikes and trikes stand at 14 stations. Riders who need one have to call us today.",
    epic: "Everybody can ride",
    by: "stan",
    tags: ["accessibility", "rider app"],
    points: { UX: "3", Front: "5", Back: "2" },
    created: [-30, "13:20"],
  });
  addStory(draft, {
    subject: "Read a station aloud in the order people ask for it",
    description: "Free bikes first, then free docks, then the distance, then the address.",
    epic: "Everybody can ride",
    by: "alice",
    tags: ["accessibility", "rider app"],
    points: { UX: "2", Front: "3" },
    created: [-28, "09:45"],
  });
  addStory(draft, {
    subject: "Family pass: one account, up to four bikes at once",
    by: "alice",
    tags: ["payments"],
    points: { Design: "3", Front: "8", Back: "13" },
    created: [-26, "15:10"],
  });
  const refund = addStory(draft, {
    subject: "Riders ask for a refund in the app instead of by mail",
    description: "Support answers 40 refund mails a day; most are a dock that did not close.",
    epic: "Payments riders trust",
    by: "alice",
    tags: ["payments", "rider app"],
    points: { UX: "2", Front: "5", Back: "5" },
    status: "Ready",
    created: [-24, "10:00"],
    due: 30,
  });
  addComment(
    draft,
    { kind: "userstory", item: refund, by: "stan", at: [-11, "08:40"] },
    "The council gets these complaints too. Could the form say how long an answer takes?",
  );
  addStory(draft, {
    subject: "Warn before the last bus leaves and no bike is near",
    by: "bob",
    tags: ["rider app"],
    created: [-13, "17:25"],
  });
  addStory(draft, {
    subject: "Keep the ride history for two years, then forget the routes",
    description: "Totals stay for the statistics. Routes are personal data and have to go.",
    by: "alice",
    tags: ["security"],
    points: { Back: "8" },
    created: [-10, "11:15"],
    due: 45,
  });
}
