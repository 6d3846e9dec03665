import fc from "fast-check";
import { isIP } from "node:net";
import { describe, expect, it } from "vitest";
import { toNetworkOf } from "@taiga-mcp/service";

const group = fc.integer({ min: 0, max: 0xff_ff }).map((number) => number.toString(16));
const groups = (length: number) => fc.array(group, { minLength: length, maxLength: length });
// Not all zeros, which would be an embedded IPv4 address.
const prefix = groups(3).map((rest) => ["2001", ...rest]);

describe("the network of an address for rate limits", () => {
  // @rule INPUT-9
  it("is the same for all addresses of an owner in any spelling, and different for the next owner", () => {
    fc.assert(
      fc.property(prefix, groups(4), groups(4), (network, one, other) => {
        const at = (host: string[]) => [...network, ...host].join(":");
        expect(toNetworkOf(at(one))).toBe(toNetworkOf(at(other)));
        expect(toNetworkOf(at(one).toUpperCase())).toBe(toNetworkOf(at(one)));
        const next = (Number.parseInt(network[3] ?? "", 16) ^ 1).toString(16);
        const neighbour = [...network.slice(0, 3), next, ...one].join(":");
        expect(toNetworkOf(neighbour)).not.toBe(toNetworkOf(at(one)));
      }),
    );
  });

  it("is the address itself for IPv4, also when it is written as IPv6", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), (one, other) => {
        expect(toNetworkOf(`::ffff:${one}`)).toBe(toNetworkOf(one));
        expect(toNetworkOf(one) === toNetworkOf(other)).toBe(one === other);
      }),
    );
  });

  // @rule INPUT-9
  it("is found for any text that a proxy sends as an address", () => {
    const text = fc.oneof(
      fc.ipV6(),
      fc.string({ unit: "binary" }),
      fc.constantFrom("unknown", "_x", ""),
    );
    fc.assert(
      fc.property(text, (address) => {
        const network = toNetworkOf(address);
        expect(network).toBeTypeOf("string");
        // Text that is not an address is its own network.
        if (isIP(address) === 0) expect(network).toBe(address);
      }),
      { numRuns: 300 },
    );
  });
});
