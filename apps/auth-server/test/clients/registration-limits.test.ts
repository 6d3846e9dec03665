import { describe, expect, it } from "vitest";
import { type Answer, postJson, REDIRECT_URI, request } from "../support/client.ts";
import { startSystem, type System } from "../support/system.ts";

const registerFrom = (system: System, address: string): Promise<Answer> =>
  request(`${system.issuer}/register`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-forwarded-for": address },
    body: JSON.stringify({ redirect_uris: [REDIRECT_URI] }),
  });

describe("registering a client", () => {
  // @rule RFC7591-5-1
  it("is limited per address, with an error that clients can read", async () => {
    const limited = await startSystem({ settings: { REGISTRATIONS_PER_HOUR: "2" } });
    try {
      const metadata = { redirect_uris: [REDIRECT_URI] };
      await postJson(`${limited.issuer}/register`, metadata);
      await postJson(`${limited.issuer}/register`, metadata);
      const third = await postJson(`${limited.issuer}/register`, metadata);
      expect([third.status, third.json["error"]]).toEqual([429, "too_many_requests"]);
      expect(third.headers.get("retry-after")).not.toBeNull();
    } finally {
      await limited.close();
    }
  });

  // @rule RFC7591-5-1 CVE-2026-45364
  it("counts a home's whole IPv6 network as one address, because each host has billions of addresses", async () => {
    const limited = await startSystem({
      settings: { REGISTRATIONS_PER_HOUR: "2", TRUST_PROXY: "1" },
    });
    try {
      expect((await registerFrom(limited, "2001:db8:1:2::1")).status).toBe(201);
      expect((await registerFrom(limited, "2001:db8:1:2:ffff::2")).status).toBe(201);
      expect((await registerFrom(limited, "2001:db8:1:2:aaaa::3")).status).toBe(429);
      expect((await registerFrom(limited, "2001:db8:99:2::1")).status).toBe(201);
    } finally {
      await limited.close();
    }
  });

  it("counts an IPv6 network as one, because its owner picks any of 2^64 addresses", async () => {
    const limited = await startSystem({
      settings: { REGISTRATIONS_PER_HOUR: "2", TRUST_PROXY: "1" },
    });
    try {
      expect((await registerFrom(limited, "2001:db8:1:1::1")).status).toBe(201);
      expect((await registerFrom(limited, "2001:db8:1:1:ffff::2")).status).toBe(201);
      expect((await registerFrom(limited, "2001:db8:1:1:aaaa:bbbb:cccc:dddd")).status).toBe(429);
      expect((await registerFrom(limited, "2001:db8:1:2::1")).status).toBe(201);
      expect((await registerFrom(limited, "192.0.2.1")).status).toBe(201);
      expect((await registerFrom(limited, "::ffff:192.0.2.1")).status).toBe(201);
      expect((await registerFrom(limited, "192.0.2.1")).status).toBe(429);
      expect((await registerFrom(limited, "192.0.2.2")).status).toBe(201);
    } finally {
      await limited.close();
    }
  });

  // @rule RFC7591-5-1
  it("is limited in total; requests refused by the limit of one network do not count", async () => {
    const settings = {
      REGISTRATIONS_PER_HOUR: "5",
      REGISTRATIONS_PER_HOUR_TOTAL: "3",
      TRUST_PROXY: "1",
    };
    const limited = await startSystem({ settings });
    try {
      // The first three of a network are not counted in total.
      for (const status of [201, 201, 201, 201, 201, 429, 429, 429]) {
        expect((await registerFrom(limited, "192.0.2.1")).status).toBe(status);
      }
      for (const status of [201, 201, 201, 201]) {
        expect((await registerFrom(limited, "192.0.2.2")).status).toBe(status);
      }
      const refused = await registerFrom(limited, "192.0.2.2");
      expect([refused.status, refused.json["error"]]).toEqual([429, "too_many_requests"]);
      expect(refused.json["error_description"]).toContain("all clients");
      expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(3_500);
    } finally {
      await limited.close();
    }
  });
});
