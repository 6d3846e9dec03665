import { currentSprint } from "./pedal-current-sprint.ts";
import { issues } from "./pedal-issues.ts";
import { lastSprint } from "./pedal-last-sprint.ts";
import { nextSprint } from "./pedal-next-sprint.ts";
import { wiki } from "./pedal-wiki.ts";
import type { ProjectSeed } from "./seed.ts";
import { SCRUM } from "../projects/templates.ts";

/** The bike-sharing app: sprints, epics and a backlog. */
export const pedal: ProjectSeed = {
  name: "Pedal",
  slug: "pedal",
  description: "The rider app and the services behind our shared bikes.",
  owner: "alice",
  template: SCRUM,
  is_private: true,
  created: [-120, "08:00"],
  tags: ["bikes", "mobile"],
  columns: {
    is_epics_activated: true,
    total_milestones: 9,
    total_story_points: 160,
    tags_colors: {
      payments: "#5178d3",
      stations: "#40e47c",
      "rider app": "#e47c40",
      accessibility: "#a8e440",
      security: "#d35450",
    },
  },
  members: [
    ["bob", "Back", [-119, "08:00"]],
    ["stan", "Stakeholder", [-118, "08:00"]],
  ],
  customAttributes: [
    {
      kind: "userstory",
      name: "Release",
      description: "The app version that ships it",
      type: "dropdown",
      extra: ["3.4", "3.5", "later"],
    },
    {
      kind: "userstory",
      name: "Reach",
      description: "Riders affected in a week, estimated",
      type: "number",
      extra: null,
    },
    {
      kind: "task",
      name: "Reviewer",
      description: "Who looks at the change",
      type: "text",
      extra: null,
    },
    {
      kind: "issue",
      name: "Platform",
      description: "Where it was seen",
      type: "dropdown",
      extra: ["iOS", "Android", "Web", "Station"],
    },
    {
      kind: "epic",
      name: "Measure",
      description: "The number that should move",
      type: "text",
      extra: null,
    },
  ],
  sprints: [lastSprint, currentSprint, nextSprint],
  epics: [
    {
      subject: "Payments riders trust",
      description: "Nobody should wonder what a ride will cost, or why it cost what it did.",
      status: "In progress",
      color: "#5178d3",
      tags: ["payments"],
      created: [-60, "09:12"],
      custom: { Measure: "Refund mails a day: 40 to 10" },
    },
    {
      subject: "Stations tell the truth",
      description: "What the map shows is what stands on the street.",
      status: "In progress",
      color: "#40e47c",
      tags: ["stations"],
      created: [-60, "09:20"],
    },
    {
      subject: "Everybody can ride",
      description: "Screen readers, large text, and the adapted bikes on the map.",
      color: "#a8e440",
      by: "stan",
      tags: ["accessibility"],
      created: [-35, "14:05"],
    },
  ],
  stories: [
    {
      subject: "Show adapted bikes as their own kind on the map",
      description:
        "Hand bikes and trikes stand at 14 stations. Riders who need one have to call us today.",
      epic: "Everybody can ride",
      by: "stan",
      tags: ["accessibility", "rider app"],
      points: { UX: "3", Front: "5", Back: "2" },
      created: [-30, "13:20"],
    },
    {
      subject: "Read a station aloud in the order people ask for it",
      description: "Free bikes first, then free docks, then the distance, then the address.",
      epic: "Everybody can ride",
      tags: ["accessibility", "rider app"],
      points: { UX: "2", Front: "3" },
      created: [-28, "09:45"],
    },
    {
      subject: "Family pass: one account, up to four bikes at once",
      tags: ["payments"],
      points: { Design: "3", Front: "8", Back: "13" },
      created: [-26, "15:10"],
    },
    {
      subject: "Riders ask for a refund in the app instead of by mail",
      description: "Support answers 40 refund mails a day; most are a dock that did not close.",
      status: "Ready",
      epic: "Payments riders trust",
      tags: ["payments", "rider app"],
      points: { UX: "2", Front: "5", Back: "5" },
      created: [-24, "10:00"],
      due: 30,
      events: [
        {
          by: "stan",
          at: [-11, "08:40"],
          comment:
            "The council gets these complaints too. Could the form say how long an answer takes?",
        },
      ],
    },
    {
      subject: "Warn before the last bus leaves and no bike is near",
      by: "bob",
      tags: ["rider app"],
      created: [-13, "17:25"],
    },
    {
      subject: "Keep the ride history for two years, then forget the routes",
      description: "Totals stay for the statistics. Routes are personal data and have to go.",
      tags: ["security"],
      points: { Back: "8" },
      created: [-10, "11:15"],
      due: 45,
    },
  ],
  issues,
  wiki,
  wikiLinks: ["Home", "Definition of done", "On call"],
};
