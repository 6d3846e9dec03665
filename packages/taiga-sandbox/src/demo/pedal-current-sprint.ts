import type { SprintSeed } from "./seed.ts";

/** The current sprint. */
export const currentSprint: SprintSeed = {
  name: "Sprint 8: Paying without friction",
  days: [-8, 5],
  stories: [
    {
      subject: "Show the price before the rider unlocks the bike",
      description:
        "Unlock fee, price a minute, the cap of the day. Two lines, no link to a price list.\n\n@stan the wording of the cap has to match the council's decision.",
      status: "In progress",
      epic: "Payments riders trust",
      assigned: "alice",
      helpers: ["bob"],
      tags: ["payments", "rider app"],
      points: { UX: "2", Design: "1", Front: "5", Back: "2" },
      created: [-20, "09:00"],
      due: 3,
      custom: { Release: "3.4", Reach: 12000 },
      tasks: [
        {
          subject: "Quote endpoint: price for this rider at this station",
          status: "Ready for test",
          by: "bob",
          assigned: "bob",
          created: [-8, "10:05"],
          custom: { Reviewer: "Alice" },
          events: [
            {
              by: "bob",
              at: [-1, "09:31"],
              comment:
                "Ready. Cached for 30 seconds a station, otherwise the map would ask for 200 quotes at once.",
            },
          ],
        },
        {
          subject: "Price card on the unlock screen",
          status: "In progress",
          assigned: "alice",
          created: [-8, "10:06"],
        },
        {
          subject: "Explain the daily cap in one sentence, in three languages",
          created: [-8, "10:08"],
          due: 2,
        },
      ],
      events: [
        {
          by: "stan",
          at: [-3, "13:48"],
          comment:
            'Approved on our side: "You never pay more than 9 a day." Please do not add conditions behind it.',
        },
        {
          by: "stan",
          at: [-3, "13:50"],
          file: {
            name: "cap-wording.txt",
            mediaType: "text/plain",
            text: "You never pay more than 9 a day.\nDu betalar aldrig mer än 9 per dag.\nNigdy nie zapłacisz więcej niż 9 dziennie.\n",
            description: "The sentence in three languages, as the council approved it",
            forComment: true,
          },
        },
      ],
    },
    {
      subject: "Pay with Apple Pay and Google Pay",
      description: "Half of the riders who give up do so while typing the card number.",
      status: "In progress",
      epic: "Payments riders trust",
      assigned: "bob",
      tags: ["payments", "rider app"],
      points: { Design: "2", Front: "8", Back: "5" },
      created: [-19, "11:40"],
      due: 5,
      blocked:
        "The payment provider has not enabled wallets for our account yet; ticket open since Monday.",
      custom: { Release: "3.5", Reach: 5400 },
      tasks: [
        {
          subject: "Register the merchant identifiers",
          status: "Closed",
          by: "bob",
          assigned: "bob",
          created: [-7, "09:20"],
          finished: [-5, "12:00"],
        },
        {
          subject: "Wallet sheet in the iOS app",
          status: "Needs Info",
          by: "bob",
          created: [-7, "09:21"],
          iocaine: true,
        },
      ],
      events: [
        {
          by: "bob",
          at: [-2, "15:15"],
          comment:
            "Blocked until the provider answers. I called; they promised Thursday. If it slips, I take the receipt story first.",
        },
        { by: "bob", at: [-6, "09:00"], from: "Ready" },
      ],
    },
    {
      subject: "Send the receipt within a minute after the ride",
      description:
        "Today the mail leaves with the nightly run. Riders think they were not charged.",
      status: "Ready for test",
      epic: "Payments riders trust",
      assigned: "bob",
      tags: ["payments"],
      points: { Back: "3" },
      created: [-18, "14:30"],
    },
    {
      subject: "Retry a failed charge once, then tell the rider",
      status: "Ready",
      epic: "Payments riders trust",
      by: "bob",
      tags: ["payments"],
      points: { Back: "5", UX: "1" },
      created: [-17, "10:20"],
      due: -1,
    },
    {
      subject: "Ask for the PIN again before the card can be changed",
      description: "Found in the last security review.",
      status: "Done",
      by: "bob",
      assigned: "bob",
      tags: ["security"],
      points: { Front: "1", Back: "2" },
      created: [-16, "09:50"],
      finished: [-4, "11:25"],
    },
  ],
};
