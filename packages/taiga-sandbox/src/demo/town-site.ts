import type { ProjectSeed } from "./seed.ts";
import { KANBAN } from "../projects/templates.ts";

/** The board of the public website. */
export const townSite: ProjectSeed = {
  name: "Town Site",
  slug: "town-site",
  description: "The public website: where the bikes are, what they cost, how to get help.",
  owner: "alice",
  template: KANBAN,
  is_private: false,
  created: [-80, "08:00"],
  tags: ["website"],
  columns: { tags_colors: { copy: "#e4a240", map: "#40e4ce" } },
  members: [
    ["bob", "Front", [-79, "08:00"]],
    ["stan", "Stakeholder", [-78, "08:00"]],
  ],
  wipLimits: { "In progress": 3, "Ready for test": 2 },
  swimlanes: [
    { name: "Website", wipLimits: { "In progress": 2 } },
    { name: "Editorial", wipLimits: { "In progress": 1 } },
  ],
  stories: [
    {
      subject: "Live map on the start page",
      description: "The same counts as in the app, without a login.",
      status: "In progress",
      swimlane: "Website",
      assigned: "bob",
      tags: ["map"],
      created: [-21, "09:15"],
      events: [
        {
          by: "bob",
          at: [-2, "10:50"],
          comment:
            "Works, but the tiles are slow on the library's computers. Trying smaller ones today.",
        },
      ],
    },
    {
      subject: "Opening hours of the help desk as structured data",
      status: "Ready for test",
      swimlane: "Website",
      by: "bob",
      assigned: "bob",
      created: [-12, "14:00"],
    },
    {
      subject: "Explain in plain language what happens after an accident",
      description: "Reviewed by the insurance. No more than one screen.",
      status: "In progress",
      swimlane: "Editorial",
      assigned: "alice",
      tags: ["copy"],
      created: [-10, "11:20"],
      due: 9,
    },
    {
      subject: "Prices for the coming season",
      status: "Ready",
      swimlane: "Editorial",
      tags: ["copy"],
      created: [-8, "08:30"],
      due: 25,
    },
    {
      subject: "Translate the first-ride guide into Polish",
      swimlane: "Editorial",
      tags: ["copy"],
      created: [-5, "15:55"],
    },
    {
      subject: "Answer with the nearest station when somebody types an address",
      swimlane: "Website",
      by: "bob",
      tags: ["map"],
      created: [-4, "10:10"],
    },
    {
      subject: "Replace the photo of the old bikes",
      status: "Done",
      swimlane: "Editorial",
      assigned: "alice",
      tags: ["copy"],
      created: [-16, "12:45"],
      finished: [-7, "09:40"],
    },
    {
      subject: "Cookie banner for the analytics we no longer use",
      status: "Archived",
      swimlane: "Website",
      by: "bob",
      created: [-70, "16:16"],
      finished: [-65, "10:00"],
    },
  ],
};
