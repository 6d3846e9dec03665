import { readFileSync } from "node:fs";
import type { TaigaClient } from "../../src/taiga-client.ts";
import { createTaigaClient } from "../../src/taiga-client.ts";
import { CALLS, UPLOADS, WHOLE_LISTS } from "./calls/index.ts";
import { createFakeTransport, toTargets } from "./fake-transport.ts";
import { toLeftOutReason } from "./routes-left-out.ts";

/** A route of a real Taiga, and what the client has for it. */
export interface RouteRow {
  /** `GET /projects/{pk}` */
  route: string;
  /** `projects.getById`; empty when the route is left out. */
  methods: string[];
  /** Why the client has nothing for it; undefined when it does, or when no reason is given. */
  leftOut: string | undefined;
}

/** Path → HTTP method → the action's name in taiga-back, as registered by a real Taiga 6.10. */
const ROUTES = JSON.parse(
  readFileSync(new URL("../fixtures/routes.json", import.meta.url), "utf8"),
) as Record<string, Record<string, string>>;

const PATTERNS = Object.keys(ROUTES).map((path) => ({
  path,
  pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`),
}));

/** The route of a path. Literal paths go first: `/users/me` is not `/users/{pk}`. */
export function toRoute(path: string): string {
  const found = PATTERNS.filter(({ pattern }) => pattern.test(path)).map((route) => route.path);
  return found.find((route) => !route.includes("{")) ?? found[0] ?? `${path} (no route of Taiga)`;
}

/** Runs every call of the tables once. */
export async function readRouteTable(): Promise<{ rows: RouteRow[]; methods: Set<string> }> {
  const byRoute = new Map<string, Set<string>>();
  const methods = new Set<string>();
  for (const [, call] of [...CALLS, ...WHOLE_LISTS, ...UPLOADS]) {
    const { transport, sent } = createFakeTransport({ text: "0" });
    const { client, called } = recordMethods(createTaigaClient(transport));
    await call(client).catch(() => {});
    for (const method of called) methods.add(method);
    for (const target of toTargets(sent)) {
      const [verb = "", path = ""] = target.replace(/\?.*/, "").split(" ");
      const route = `${verb} ${toRoute(path)}`;
      byRoute.set(route, new Set([...(byRoute.get(route) ?? []), ...called]));
    }
  }
  const routes = Object.entries(ROUTES).flatMap(([path, actions]) =>
    Object.keys(actions).map((verb) => `${verb} ${path}`),
  );
  const rows = [...new Set([...routes, ...byRoute.keys()])].map((route) => ({
    route,
    methods: [...(byRoute.get(route) ?? [])].toSorted(),
    leftOut: toLeftOutReason(route),
  }));
  return { rows, methods };
}

/** Names the methods that are called, such as `projects.getById`. */
function recordMethods(taiga: TaigaClient): { client: TaigaClient; called: string[] } {
  const called: string[] = [];
  const wrap = <Part extends object>(part: Part, name: string): Part =>
    new Proxy(part, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key);
        if (typeof value !== "object" && typeof value !== "function") return value;
        return wrap(value as object, name === "" ? String(key) : `${name}.${String(key)}`);
      },
      apply: (target, _self, values) => {
        called.push(name);
        return Reflect.apply(target as (...parameters: unknown[]) => unknown, undefined, values);
      },
    });
  return { client: wrap(taiga, ""), called };
}

/** Every method that the client has. */
export function listMethods(): string[] {
  const collect = (value: unknown, name: string): string[] => {
    if (typeof value === "function") return [name];
    if (typeof value !== "object" || value === null) return [];
    return Object.entries(value).flatMap(([key, part]) =>
      collect(part, name === "" ? key : `${name}.${key}`),
    );
  };
  return collect(createTaigaClient(createFakeTransport().transport), "");
}
