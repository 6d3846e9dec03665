import { addFile, setCustomValues } from "./add-content.ts";
import { addComment, addMove } from "./add-history.ts";
import { addIssue } from "./add-items.ts";
import type { Draft } from "./draft.ts";

/** What riders and the council reported. */
export function fillIssues(draft: Draft): void {
  const map = addIssue(draft, {
    subject: "Map shows Harbour Street twice after switching the language",
    description: "Switch from English to Swedish with the map open. Both names stay until restart.",
    by: "stan",
    assigned: "bob",
    status: "In progress",
    severity: "Minor",
    tags: ["rider app"],
    created: [-6, "07:55"],
  });
  setCustomValues(draft, "issue", map, { Platform: "Android" });
  const unlock = addIssue(draft, {
    subject: "Unlock fails on the first try when the phone was just woken up",
    description: "About one unlock in thirty, only on bikes with the 2.1 lock firmware.",
    by: "bob",
    assigned: "bob",
    priority: "High",
    severity: "Important",
    sprint: "Sprint 8: Paying without friction",
    created: [-5, "18:02"],
  });
  setCustomValues(draft, "issue", unlock, { Platform: "iOS" });
  addFile(
    draft,
    { kind: "issue", item: unlock, by: "bob", at: [-5, "18:04"] },
    {
      name: "unlock.log",
      mediaType: "text/plain",
      text: "18:00:01.204 wake\n18:00:01.391 unlock sent\n18:00:01.393 radio asleep, command dropped\n18:00:04.392 no answer, giving up\n18:00:06.010 unlock sent\n18:00:06.377 open\n",
      description: "One failed and one good unlock, lock firmware 2.1",
    },
  );
  addComment(
    draft,
    { kind: "issue", item: unlock, by: "alice", at: [-3, "09:10"] },
    "Support counts eleven of these since Monday. @bob can it go out with the hotfix?",
  );
  addIssue(draft, {
    subject: "Does the day pass end at midnight or after 24 hours?",
    description: "The website says midnight, the app says 24 hours. Which one is right?",
    by: "stan",
    type: "Question",
    status: "Needs Info",
    created: [-4, "12:30"],
  });
  const receipts = addIssue(draft, {
    subject: "Receipts name the wrong currency for visitors",
    by: "bob",
    status: "Closed",
    severity: "Critical",
    priority: "High",
    sprint: "Sprint 7: Trustworthy map",
    tags: ["payments"],
    created: [-19, "09:05"],
    finished: [-17, "16:20"],
  });
  const closed = { by: "bob", at: [-17, "16:20"], from: "In progress" } as const;
  addMove(draft, { kind: "issue", item: receipts, ...closed });
  addIssue(draft, {
    subject: "Dark mode for the ride screen",
    by: "stan",
    type: "Enhancement",
    severity: "Wishlist",
    priority: "Low",
    status: "Postponed",
    created: [-33, "20:14"],
  });
}
