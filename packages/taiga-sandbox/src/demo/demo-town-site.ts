import { addComment } from "./add-history.ts";
import { addStory } from "./add-items.ts";
import type { Draft } from "./draft.ts";

/** The board of the public website. */
export function fillTownSite(draft: Draft): void {
  const map = addStory(draft, {
    subject: "Live map on the start page",
    description: "The same counts as in the app, without a login.",
    status: "In progress",
    swimlane: "Website",
    by: "alice",
    assigned: "bob",
    tags: ["map"],
    created: [-21, "09:15"],
  });
  addComment(
    draft,
    { kind: "userstory", item: map, by: "bob", at: [-2, "10:50"] },
    "Works, but the tiles are slow on the library's computers. Trying smaller ones today.",
  );
  addStory(draft, {
    subject: "Opening hours of the help desk as structured data",
    status: "Ready for test",
    swimlane: "Website",
    by: "bob",
    assigned: "bob",
    created: [-12, "14:00"],
  });
  addStory(draft, {
    subject: "Explain in plain language what happens after an accident",
    description: "Reviewed by the insurance. No more than one screen.",
    status: "In progress",
    swimlane: "Editorial",
    by: "alice",
    assigned: "alice",
    tags: ["copy"],
    created: [-10, "11:20"],
    due: 9,
  });
  addStory(draft, {
    subject: "Prices for the coming season",
    status: "Ready",
    swimlane: "Editorial",
    by: "alice",
    tags: ["copy"],
    created: [-8, "08:30"],
    due: 25,
  });
  addStory(draft, {
    subject: "Translate the first-ride guide into Polish",
    swimlane: "Editorial",
    by: "alice",
    tags: ["copy"],
    created: [-5, "15:55"],
  });
  addStory(draft, {
    subject: "Answer with the nearest station when somebody types an address",
    swimlane: "Website",
    by: "bob",
    tags: ["map"],
    created: [-4, "10:10"],
  });
  addStory(draft, {
    subject: "Replace the photo of the old bikes",
    status: "Done",
    swimlane: "Editorial",
    by: "alice",
    assigned: "alice",
    tags: ["copy"],
    created: [-16, "12:45"],
    finished: [-7, "09:40"],
  });
  addStory(draft, {
    subject: "Cookie banner for the analytics we no longer use",
    status: "Archived",
    swimlane: "Website",
    by: "bob",
    created: [-70, "16:16"],
    finished: [-65, "10:00"],
  });
}
