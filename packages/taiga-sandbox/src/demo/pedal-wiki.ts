import type { PageSeed } from "./seed.ts";

/** The team's wiki pages, some with several authors. */
export const wiki: PageSeed[] = [
  {
    slug: "home",
    by: "alice",
    at: [-90, "10:00"],
    content:
      "Welcome to **Pedal**.\n\nReleases go out every second Thursday. Who is on call: see `on-call`. What done means: see `definition-of-done`.",
  },
  {
    slug: "definition-of-done",
    by: "alice",
    at: [-88, "11:30"],
    content:
      "A story is done when it runs in production behind no flag, support knows about it, and the numbers it should move are on the dashboard.",
    events: [
      {
        by: "bob",
        at: [-52, "09:25"],
        content:
          "A story is done when it runs in production behind no flag, support knows about it, and the numbers it should move are on the dashboard.\n\nA story that touches the locks is done when it ran for **two days** on the test bikes.",
      },
    ],
  },
  {
    slug: "on-call",
    by: "bob",
    at: [-40, "16:45"],
    content:
      "The on-call phone changes hands on Mondays at 10:00.\n\nFirst look at the queue of the **station gateway**: nine of the last ten alarms started there.",
    events: [
      {
        by: "alice",
        at: [-7, "15:10"],
        content:
          "The on-call phone changes hands on Mondays at 10:00.\n\nFirst look at the queue of the **station gateway**: nine of the last ten alarms started there.\n\nWhen riders cannot unlock, call support before you debug: they decide whether rides are free until it works.",
      },
      {
        by: "alice",
        at: [-7, "15:12"],
        comment:
          "Added who decides about free rides. @bob please check that I have the order right.",
      },
    ],
  },
];
