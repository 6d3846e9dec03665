import type { Installation } from "../../src/operations/installation.ts";
import type { KeyReport } from "../../src/cli/key-report.ts";

/** 20 November 2026, 13:04:05 UTC. */
export const NOW = 1_795_179_845;

/** An installation without problems. */
export const INSTALLATION: Installation = {
  version: "1.2.3",
  startedAt: NOW - 3 * 86_400,
  issuer: "https://auth.example.com",
  resource: "https://mcp.example.com/mcp",
  proxyCount: 1,
  store: {
    kind: "redis",
    place: "redis://redis:6379",
    answers: true,
    weaknesses: [],
    unknown: [],
    clockAheadSeconds: 1,
  },
  knowsKeys: true,
  taiga: {
    apiUrl: "https://taiga.example.com/api/v1",
    webUrl: "https://taiga.example.com",
    hasProxy: false,
    outcome: "ok",
  },
  login: { passwordType: "normal" },
  admission: { users: [], emailDomains: [] },
  accessLimit: "admin",
  takesClientDocuments: true,
  resourceServers: 1,
};

/** Shortly after a rotation. */
export const KEY_REPORT: KeyReport = {
  keys: [
    { id: "k2", createdAt: NOW - 20, activeFrom: NOW + 40, state: "coming", records: 0 },
    {
      id: "k1",
      createdAt: NOW - 90 * 86_400,
      activeFrom: NOW - 90 * 86_400,
      state: "sealing",
      records: 1204,
    },
  ],
  masterKey: { position: 0, count: 1 },
  retirableFrom: NOW + 3640,
};
