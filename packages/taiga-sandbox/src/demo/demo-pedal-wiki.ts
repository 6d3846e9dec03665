import { addComment } from "./add-history.ts";
import { addWikiLink, addWikiPage, rewriteWikiPage } from "./add-wiki.ts";
import type { Draft } from "./draft.ts";

/** The pages of the team, some of them written by more than one. */
export function fillWiki(draft: Draft): void {
  addWikiPage(draft, "home", {
    by: "alice",
    at: [-90, "10:00"],
    content:
      "Welcome to **Pedal**.\n\nReleases go out every second Thursday. Who is on call: see `on-call`. What done means: see `definition-of-done`.",
  });
  const done = addWikiPage(draft, "definition-of-done", {
    by: "alice",
    at: [-88, "11:30"],
    content:
      "A story is done when it runs in production behind no flag, support knows about it, and the numbers it should move are on the dashboard.",
  });
  const onCall = addWikiPage(draft, "on-call", {
    by: "bob",
    at: [-40, "16:45"],
    content:
      "The on-call phone changes hands on Mondays at 10:00.\n\nFirst look at the queue of the **station gateway**: nine of the last ten alarms started there.",
  });
  rewriteWikiPage(draft, done, {
    by: "bob",
    at: [-52, "09:25"],
    content:
      "A story is done when it runs in production behind no flag, support knows about it, and the numbers it should move are on the dashboard.\n\nA story that touches the locks is done when it ran for **two days** on the test bikes.",
  });
  rewriteWikiPage(draft, onCall, {
    by: "alice",
    at: [-7, "15:10"],
    content:
      "The on-call phone changes hands on Mondays at 10:00.\n\nFirst look at the queue of the **station gateway**: nine of the last ten alarms started there.\n\nWhen riders cannot unlock, call support before you debug: they decide whether rides are free until it works.",
  });
  addComment(
    draft,
    { kind: "wiki", item: onCall, by: "alice", at: [-7, "15:12"] },
    "Added who decides about free rides. @bob please check that I have the order right.",
  );
  addWikiLink(draft, "Home", "home");
  addWikiLink(draft, "Definition of done", "definition-of-done");
  addWikiLink(draft, "On call", "on-call");
}
