import { isDeepStrictEqual } from "node:util";
import type { Answer, Api, Call } from "../support/api.ts";
import { compareShapes, isObject, type Json } from "../support/shape.ts";
import type { Recorded, Step } from "./step.ts";

/** Sends what was recorded, as the step says. */
export async function replay(api: Api, recorded: Recorded, step: Step): Promise<Answer<Json>> {
  await step.before?.(api);
  api.pass(1);
  let body = step.body === undefined ? recorded.request_body : await step.body(api);
  if (step.freshVersion) {
    const path = recorded.request.replace("PATCH", "GET");
    const { version } = (await api.call(path, { as: step.as! })).body;
    body = { ...(body as object), version };
  }
  const headers = typeof step.headers === "function" ? await step.headers(api) : step.headers;
  const call: Call = {
    ...(step.as !== undefined && { as: step.as }),
    ...(headers !== undefined && { headers }),
    ...(body !== undefined && { body }),
  };
  const request = (await step.request?.(recorded.request, api)) ?? recorded.request;
  return api.call<Json>(request, call);
}

/** Content and hosts may differ in here: the page a link leads to is what counts. */
export function compareHeaders(
  answer: Answer<Json>,
  recorded: Recorded,
  differs: string[],
): string[] {
  return Object.entries(recorded.headers).flatMap(([name, value]) => {
    const actual = answer.headers.get(name);
    if (actual === null) return [`${name}: missing`];
    if (differs.includes(name.toLowerCase())) return [];
    if (name === "Allow") {
      const extra = actual.split(", ").filter((method) => !value.split(", ").includes(method));
      return extra.map((method) => `Allow: Taiga does not serve ${method} there`);
    }
    const toComparable = (text: string) => text.replace(/^http:\/\/[^/]+/, "").split(";")[0];
    if (toComparable(actual) === toComparable(value)) return [];
    return [`${name}: ${actual} instead of ${value}`];
  });
}

/** Where the JSON broke is told in the words of each parser. */
const withoutParserText = (body: Json): Json =>
  isObject(body) && body["_error_type"] === "taiga.base.exceptions.ParseError"
    ? { ...body, _error_message: withoutDetails(body["_error_message"]) }
    : body;

const withoutDetails = (message: Json | undefined): Json =>
  typeof message === "string" ? message.replace(/ - .*/, " - …") : null;

/** Pages and errors have to be the same word for word, everything else of the same shape. */
export function compareBodies(
  answer: Answer<Json>,
  recorded: Recorded,
  differs: string[],
): string[] {
  const page = isObject(recorded.body) ? recorded.body["__text__"] : undefined;
  if (page !== undefined || recorded.status >= 400) {
    const expected = page ?? withoutParserText(recorded.body);
    const isSame = isDeepStrictEqual(withoutParserText(answer.body), expected);
    return isSame ? [] : [`body: ${JSON.stringify(answer.body)}`];
  }
  const differences = compareShapes(answer.body, [recorded.body]);
  return differences.filter((line) => !differs.some((path) => line.startsWith(path)));
}
