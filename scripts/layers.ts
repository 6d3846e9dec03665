import type { Forbidden, Workspace } from "./layer-rules.ts";

const STORES: Forbidden = {
  packages: ["ioredis", "node:sqlite"],
  because: "Only packages/store knows Redis and SQLite.",
};
const ENGINE: Forbidden = {
  packages: ["oidc-provider"],
  because: "Only auth-server's engine/ knows oidc-provider.",
};
const ENVIRONMENT: Forbidden = {
  packages: ["node:process"],
  because: "Only main.ts and command-line entries read the environment.",
};
const OTHER_APPS: Forbidden = {
  packages: ["@taiga-mcp/auth-server", "@taiga-mcp/resource-server", "**/apps/**"],
  because: "Apps never import one another.",
};
const SERVERS: Forbidden = {
  packages: ["express", "oidc-provider", "node:process"],
  because: "A package knows no server and no environment.",
};

const TOOLS_PACKAGE: readonly Forbidden[] = [
  {
    packages: ["@taiga-mcp/*", "!@taiga-mcp/taiga-client"],
    because: "taiga-tools uses taiga-client and no other workspace.",
  },
  {
    packages: ["express", "@modelcontextprotocol/*", "oauth4webapi", "node:http", "node:process"],
    because: "taiga-tools knows no MCP, no HTTP, no OAuth and no environment.",
  },
];

const IN_ENGINE: readonly Forbidden[] = [
  {
    packages: ["express", "ioredis", "node:sqlite", "node:process", "@taiga-mcp/taiga-*"],
    because: "engine/ gets everything else as a dependency.",
  },
  OTHER_APPS,
];

const APP = [ENGINE, STORES, ENVIRONMENT, OTHER_APPS];
const MAIN = [ENGINE, STORES, OTHER_APPS];

/**
 * Who may import whom. The lint rules in `.oxlintrc.layers.json` are generated from this table
 * (`pnpm generate`), and a test plants a violation of each of them.
 */
export const LAYERS: Readonly<Record<string, Workspace>> = {
  "apps/auth-server": {
    forbids: APP,
    files: { "main.ts": MAIN, "admin.ts": MAIN },
    folders: {
      account: {
        imports: [
          "account/views",
          "engine/boundary",
          "grants/activity-log.ts",
          "grants/grant-use.ts",
          "login",
          "pages",
          "pages/views",
          "secrets",
          "storage",
          "vault",
        ],
      },
      "account/views": {
        imports: [
          "engine/boundary",
          "grants/activity-log.ts",
          "grants/grant-use.ts",
          "pages/views",
        ],
      },
      cli: { imports: ["config.ts", "settings.ts", "operations"] },
      clients: { imports: ["engine/boundary", "storage"] },
      engine: {
        imports: [
          "config.ts",
          "engine/boundary",
          "engine/interactions",
          "engine/records",
          "engine/single-use",
          "grants/grant-limit.ts",
          "grants/lifetimes.ts",
          "secrets",
          "storage",
        ],
        forbids: IN_ENGINE,
      },
      "engine/boundary": { imports: [], forbids: IN_ENGINE },
      "engine/interactions": {
        imports: ["engine/boundary", "engine/records", "grants/lifetimes.ts"],
        forbids: IN_ENGINE,
      },
      "engine/records": { imports: ["engine/boundary", "secrets", "storage"], forbids: IN_ENGINE },
      "engine/single-use": {
        imports: [
          "engine/boundary",
          "engine/records",
          "grants/grant-limit.ts",
          "grants/lifetimes.ts",
          "secrets",
          "storage",
        ],
        forbids: IN_ENGINE,
      },
      grants: { imports: ["login", "secrets", "storage", "vault"] },
      http: {
        imports: [
          "config.ts",
          "clients",
          "engine/boundary",
          "engine/canonical-resource.ts",
          "engine/routes.ts",
          "grants",
          "operations",
          "pages/views",
          "secrets",
          "storage",
          "vault",
        ],
      },
      login: { imports: ["storage"] },
      operations: {
        imports: [
          "config.ts",
          "engine/boundary",
          "grants",
          "pages/application-step.ts",
          "secrets",
          "storage",
        ],
      },
      pages: {
        imports: [
          "engine/boundary",
          "grants/activity-log.ts",
          "grants/grant-use.ts",
          "login",
          "pages/views",
          "secrets",
          "storage",
          "vault",
        ],
      },
      "pages/views": { imports: ["storage"] },
      secrets: { imports: ["storage"] },
      storage: { imports: [] },
      vault: { imports: ["login", "secrets", "storage"] },
    },
  },
  "apps/resource-server": {
    forbids: APP,
    files: { "main.ts": MAIN },
    folders: {
      auth: { imports: [] },
      http: { imports: ["config.ts", "auth/bearer-gate.ts", "mcp"] },
      limits: { imports: ["auth"] },
      mcp: { imports: ["auth", "limits"] },
    },
  },
  "packages/service": {
    forbids: [
      { packages: ["@taiga-mcp/*"], because: "service uses no other workspace." },
      ENGINE,
      STORES,
      ENVIRONMENT,
    ],
    folders: {},
  },
  "packages/store": {
    forbids: [
      {
        packages: ["@taiga-mcp/*", "!@taiga-mcp/service"],
        because: "store may use service and no other workspace.",
      },
      SERVERS,
    ],
    folders: {},
  },
  "packages/taiga-client": {
    forbids: [
      {
        packages: ["@taiga-mcp/*"],
        because: "taiga-client is useful on its own: it uses no other workspace.",
      },
      SERVERS,
    ],
    folders: {
      resources: {
        imports: [
          "compiled-schema.ts",
          "errors.ts",
          "multipart.ts",
          "pagination.ts",
          "query.ts",
          "taiga-request.ts",
        ],
      },
    },
  },
  "packages/taiga-tools": {
    forbids: TOOLS_PACKAGE,
    folders: {
      activity: { imports: ["items", "text"] },
      calls: { imports: ["clock.ts", "errors.ts"] },
      items: { imports: ["errors.ts", "failure.ts", "kinds.ts", "projects", "schema", "text"] },
      "items/changes": {
        imports: ["errors.ts", "kinds.ts", "items", "projects", "schema", "text"],
      },
      "items/comment": {
        imports: [
          "errors.ts",
          "kinds.ts",
          "calls",
          "items",
          "items/changes",
          "items/update",
          "projects",
          "schema",
          "text",
        ],
      },
      "items/create": {
        imports: [
          "clock.ts",
          "errors.ts",
          "kinds.ts",
          "calls",
          "items",
          "items/changes",
          "projects",
          "schema",
          "text",
        ],
      },
      "items/delete": {
        imports: ["errors.ts", "kinds.ts", "calls", "items", "projects", "schema", "text"],
      },
      "items/find": { imports: ["errors.ts", "kinds.ts", "items", "projects", "schema", "text"] },
      "items/read": { imports: ["kinds.ts", "items", "projects", "schema", "text"] },
      "items/update": {
        imports: [
          "clock.ts",
          "errors.ts",
          "failure.ts",
          "kinds.ts",
          "calls/write-locks.ts",
          "items",
          "items/changes",
          "projects",
          "schema",
          "text",
        ],
      },
      notifications: { imports: ["errors.ts", "kinds.ts", "items", "projects", "schema", "text"] },
      policy: { imports: ["errors.ts"] },
      projects: { imports: ["clock.ts", "errors.ts", "kinds.ts", "schema", "text"] },
      schema: { imports: ["errors.ts", "text"] },
      social: { imports: ["errors.ts", "kinds.ts", "items", "projects", "schema", "text"] },
      sprints: {
        imports: ["errors.ts", "calls/write-locks.ts", "items", "projects", "schema", "text"],
      },
      status: { imports: ["clock.ts", "errors.ts", "failure.ts", "policy", "projects", "text"] },
      text: { imports: [] },
      tool: {
        imports: [
          "clock.ts",
          "errors.ts",
          "failure.ts",
          "calls",
          "policy",
          "projects",
          "schema/problems.ts",
          "schema/suggestions.ts",
          "text",
        ],
      },
      wiki: { imports: ["errors.ts", "calls", "items", "projects", "schema", "text"] },
      tools: {
        imports: [
          "clock.ts",
          "errors.ts",
          "kinds.ts",
          "activity",
          "items",
          "notifications",
          "projects",
          "schema",
          "social",
          "sprints",
          "status",
          "text",
          "tool/define-tool.ts",
          "wiki",
        ],
        isolated: true,
        forbids: [
          ...TOOLS_PACKAGE,
          { packages: ["node:*"], because: "A tool does no I/O but what its context offers." },
        ],
      },
    },
  },
  "packages/taiga-sandbox": {
    forbids: [
      {
        packages: ["@taiga-mcp/*"],
        because: "A mistake shared with the client would hide itself: the sandbox shares no code.",
      },
    ],
    folders: {
      account: { imports: ["history", "http", "model", "projects"] },
      administration: {
        imports: [
          "administration/members",
          "administration/values",
          "history",
          "http",
          "items",
          "model",
          "projects",
        ],
      },
      "administration/members": {
        imports: ["history", "http", "items", "model", "projects"],
      },
      "administration/values": {
        imports: ["history", "http", "items", "model", "projects"],
      },
      auth: { imports: ["http", "model", "projects"] },
      demo: {
        imports: [
          "administration",
          "history",
          "http",
          "items",
          "model",
          "projects",
          "sprints",
          "wiki",
        ],
      },
      history: { imports: ["http", "model", "projects"] },
      http: { imports: ["model"] },
      items: { imports: ["history", "http", "model", "projects"] },
      model: { imports: [] },
      projects: { imports: ["http", "model"] },
      sprints: { imports: ["history", "http", "items", "model", "projects"] },
      webhooks: { imports: ["history", "http", "model", "projects"] },
      wiki: { imports: ["history", "http", "items", "model", "projects"] },
    },
  },
};
