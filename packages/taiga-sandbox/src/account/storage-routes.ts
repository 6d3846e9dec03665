import { group, type Endpoint } from "../http/endpoint.ts";
import { toBody, toText, type Body } from "../http/fields.ts";
import type { Actor } from "../model/access.ts";
import { toTimestamp, type Context } from "../model/context.ts";
import { badRequest, invalidFields, notAuthenticated, notFound } from "../model/errors.ts";
import type { StorageEntry } from "../model/state.ts";

const toView = ({ user: _user, ...entry }: StorageEntry) => entry;

/** `/user-storage`: each user's own keys with any JSON. */
export function storageRoutes({ state, clock }: Context): Record<string, Endpoint> {
  const listOwn = (actor: Actor): StorageEntry[] =>
    state.storage
      .filter((row) => row.user === actor?.id)
      .toSorted((a, b) => a.key.localeCompare(b.key, "en"));
  const find = (actor: Actor, key: unknown): StorageEntry | undefined =>
    state.storage.find((row) => row.user === actor?.id && row.key === key);
  const mustFindOwn = (actor: Actor, key: unknown): StorageEntry => {
    if (actor === null) throw notAuthenticated();
    const entry = find(actor, key);
    if (entry === undefined) throw notFound();
    return entry;
  };
  const edit = (actor: Actor, key: unknown, body: Body) => {
    const entry = mustFindOwn(actor, key);
    if (body["key"] !== undefined) entry.key = readKey(body);
    if ("value" in body) entry.value = body["value"];
    entry.modified_date = toTimestamp(clock());
    return toView(entry);
  };
  return group("StorageEntry", {
    "/user-storage": {
      GET: (_req, actor) => listOwn(actor).map(toView),
      POST: (req, actor, res) => {
        if (actor === null) throw notAuthenticated();
        const body = toBody(req.body);
        const key = readKey(body);
        if (find(actor, key) !== undefined) {
          throw badRequest(
            `Duplicate key value violates unique constraint. Key '${key}' already exists.`,
          );
        }
        const now = toTimestamp(clock());
        const value = body["value"] ?? null;
        const entry = { user: actor.id, key, value, created_date: now, modified_date: now };
        state.storage.push(entry);
        res.status(201);
        return toView(entry);
      },
    },
    "/user-storage/:key": {
      GET: (req, actor) => {
        const entry = find(actor, req.params["key"]);
        if (entry === undefined) throw notFound("StorageEntry");
        return toView(entry);
      },
      PUT: (req, actor) => edit(actor, req.params["key"], toBody(req.body)),
      PATCH: (req, actor) => edit(actor, req.params["key"], toBody(req.body)),
      DELETE: (req, actor) => {
        const entry = mustFindOwn(actor, req.params["key"]);
        state.storage = state.storage.filter((row) => row !== entry);
      },
    },
  });
}

/** @throws {ApiError} 400 without a key and for one that is too long. */
function readKey(body: Body): string {
  const key = body["key"];
  if (key === undefined || key === null || key === "") {
    throw invalidFields({ key: ["This field is required."] });
  }
  const text = toText(key);
  if (text.length > 255) {
    const message = `Ensure this value has at most 255 characters (it has ${text.length}).`;
    throw invalidFields({ key: [message] });
  }
  return text;
}
