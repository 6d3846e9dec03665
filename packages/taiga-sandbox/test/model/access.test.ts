import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  ADMIN_PERMISSIONS,
  effectivePermissions,
  mayEdit,
  MEMBER_PERMISSIONS,
  permissionFor,
  VIEW_PERMISSIONS,
} from "../../src/model/access.ts";
import type { User } from "../../src/model/state.ts";
import { startApi, type Api } from "../support/api.ts";

const user = { id: 7, is_superuser: false } as User;
const superuser = { id: 5, is_superuser: true } as User;
const privateProject = { anon_permissions: [], public_permissions: [] };
const publicProject = {
  anon_permissions: ["view_project"],
  public_permissions: ["view_project", "view_us"],
};
const nobody = { membership: undefined, role: undefined };
const member = {
  membership: { is_admin: false },
  role: { permissions: ["view_project", "add_us"] },
};
const admin = { membership: { is_admin: true }, role: { permissions: [] } };
const everything = [...MEMBER_PERMISSIONS, ...ADMIN_PERMISSIONS];

describe("effective permissions", () => {
  test.each([
    ["anonymous, private", { actor: null, project: privateProject, ...nobody }, []],
    ["anonymous, public", { actor: null, project: publicProject, ...nobody }, ["view_project"]],
    ["outsider, private", { actor: user, project: privateProject, ...nobody }, []],
    [
      "outsider, public: the public set and the anonymous one",
      { actor: user, project: publicProject, ...nobody },
      ["view_project", "view_us"],
    ],
    [
      "member: the role's",
      { actor: user, project: privateProject, ...member },
      ["view_project", "add_us"],
    ],
    [
      "member of a public project: the role's and the public ones",
      { actor: user, project: publicProject, ...member },
      ["view_project", "add_us", "view_us"],
    ],
    ["project administrator", { actor: user, project: privateProject, ...admin }, everything],
    [
      "superuser without membership",
      { actor: superuser, project: privateProject, ...nobody },
      everything,
    ],
  ])("%s", (_name, standing, expected) => {
    expect([...effectivePermissions(standing)].toSorted()).toEqual([...expected].toSorted());
  });

  test("there are 34 permissions for members, 8 of them to look", () => {
    expect(new Set(MEMBER_PERMISSIONS).size).toBe(34);
    expect(VIEW_PERMISSIONS).toHaveLength(8);
  });
});

describe("editing an item", () => {
  const commenter = new Set(["comment_us"]);
  test.each([
    ["a comment alone needs only the right to comment", commenter, ["comment", "version"], true],
    [
      "a comment with a change does not pass as a comment",
      commenter,
      ["comment", "subject"],
      false,
    ],
    ["nothing at all is not a comment", commenter, ["version"], false],
    ["who may modify may comment", new Set(["modify_us"]), ["comment"], true],
    ["the right to look is not enough", new Set(["view_us"]), ["comment"], false],
    ["the right of another kind does not count", new Set(["comment_task"]), ["comment"], false],
  ])("%s", (_name, permissions, keys, expected) => {
    expect(mayEdit(permissions, "userstory", keys)).toBe(expected);
  });

  test("only the codename for looking at stories has no plural", () => {
    expect(permissionFor("view", "userstory")).toBe("view_us");
    expect(permissionFor("view", "task")).toBe("view_tasks");
    expect(permissionFor("modify", "task")).toBe("modify_task");
  });
});

describe("what callers without rights are told", () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
    await api.call("POST /userstories", { as: "bob", body: { project: 1, subject: "Private" } });
  });
  afterAll(() => api.close());

  test.each([
    ["GET /userstories/1", 403, 401],
    ["GET /userstories/999", 404, 404],
    ["GET /projects/1", 403, 401],
    ["GET /projects/by_slug?slug=alice-alpha-one", 404, 401],
    ["PATCH /userstories/1", 403, 401],
    ["PATCH /userstories/999", 403, 401],
    ["DELETE /userstories/1", 403, 401],
    ["DELETE /tasks/999", 403, 401],
    ["POST /userstories", 403, 401],
    ["GET /userstories/filters_data?project=1", 403, 401],
    ["GET /history/userstory/1", 403, 401],
    ["GET /users/me", 200, 401],
  ])("%s: outsider %i, anonymous %i", async (request, outsider, anonymous) => {
    const writes = !request.startsWith("GET") && !request.startsWith("DELETE");
    const body = writes ? { body: { project: 1, subject: "x", version: 1 } } : {};
    expect((await api.call(request, { as: "carol", ...body })).status).toBe(outsider);
    expect((await api.call(request, body)).status).toBe(anonymous);
  });

  test("a superuser alone learns that an item is missing when editing it", async () => {
    const body = { subject: "x", version: 1 };
    expect((await api.call("PATCH /userstories/999", { as: "admin", body })).status).toBe(404);
  });

  test("lists leave out what is out of sight instead of refusing", async () => {
    for (const as of ["carol", undefined]) {
      const answer = await api.call("GET /userstories?project=1", as ? { as } : {});
      expect([answer.status, answer.body]).toEqual([200, []]);
    }
  });

  test("validation comes before permission when something is created", async () => {
    const answer = await api.call("POST /userstories", { as: "carol", body: { project: 1 } });
    expect(answer.status).toBe(400);
  });

  test("permission comes before validation when something is edited", async () => {
    const body = { subject: "" };
    expect((await api.call("PATCH /userstories/1", { as: "carol", body })).status).toBe(403);
  });
});
