// Every captured success of a real Taiga is read by the method of its route.
import { describe, expect, it } from "vitest";
import { createTaigaClient } from "../../src/taiga-client.ts";
import { CALLS, UPLOADS, WHOLE_LISTS } from "../support/calls/index.ts";
import { createFakeTransport } from "../support/fake-transport.ts";
import { observed, observedMore, toResponse } from "../support/observed.ts";
import { toRoute } from "../support/route-table.ts";
import { toLeftOutReason } from "../support/routes-left-out.ts";

// The first call of a route counts: later ones may read page after page.
const callsByRoute = new Map(
  [...CALLS, ...WHOLE_LISTS, ...UPLOADS]
    .map(([target, call]) => [routeOf(target), call] as const)
    .toReversed(),
);

function routeOf(request: string): string {
  const [verb = "", path = ""] = request.replace(/\?.*/, "").split(" ");
  return `${verb} ${toRoute(path)}`;
}

/** Answers that our calls never ask for. */
const NOT_ASKED = [
  /^OPTIONS /,
  // Unpaged: a bare list instead of `{objects, total}`.
  /^GET \/web-notifications wn_list_nopag/,
  // Without a login: the public part of an answer, or nothing.
  /^GET \/web-notifications wn_list__anon/,
];

const successes = Object.entries({ ...observed, ...observedMore }).filter(
  ([name, { request, status }]) =>
    status < 300 &&
    toLeftOutReason(routeOf(request)) === undefined &&
    !NOT_ASKED.some((pattern) => pattern.test(`${request} ${name}`)),
);

describe("every captured success", () => {
  // @rule CLIENT-1
  it.each(successes.map(([name, answer]) => [name, answer.request, answer] as const))(
    "%s (%s) has the shape we rely on",
    async (_name, request, answer) => {
      const call = callsByRoute.get(routeOf(request));
      expect(call, "no call for this route").toBeDefined();
      const { transport } = createFakeTransport(withPageNumbers(toResponse(answer)));
      await expect(call?.(createTaigaClient(transport))).resolves.not.toBeInstanceOf(Error);
    },
  );
});

/** Some lists were captured unpaged; our call of the same route pages. */
function withPageNumbers(response: ReturnType<typeof toResponse>): typeof response {
  const numbers = {
    "x-pagination-count": "1",
    "x-paginated-by": "30",
    "x-pagination-current": "1",
  };
  return { ...response, headers: { ...numbers, ...response.headers } };
}
