import { BlockList, isIP } from "node:net";

/** IANA's special-purpose registry, and all other ranges that are not single hosts on the internet. */
const SPECIAL_USE: readonly (readonly ["ipv4" | "ipv6", string, number])[] = [
  ["ipv4", "0.0.0.0", 8],
  ["ipv4", "10.0.0.0", 8],
  ["ipv4", "100.64.0.0", 10],
  ["ipv4", "127.0.0.0", 8],
  ["ipv4", "169.254.0.0", 16],
  ["ipv4", "172.16.0.0", 12],
  ["ipv4", "192.0.0.0", 24],
  ["ipv4", "192.0.2.0", 24],
  ["ipv4", "192.31.196.0", 24],
  ["ipv4", "192.52.193.0", 24],
  ["ipv4", "192.88.99.0", 24],
  ["ipv4", "192.168.0.0", 16],
  ["ipv4", "192.175.48.0", 24],
  ["ipv4", "198.18.0.0", 15],
  ["ipv4", "198.51.100.0", 24],
  ["ipv4", "203.0.113.0", 24],
  // Multicast and all ranges above it.
  ["ipv4", "224.0.0.0", 3],
];

/**
 * The only IPv6 range with single hosts on the internet (RFC 4291 §2.4). Mapped, translated (NAT64),
 * unique-local, link-local and multicast addresses are outside.
 */
const GLOBAL_UNICAST = ["2000::", 3] as const;

/** Special-use ranges within it: Teredo and other protocols, documentation, 6to4, AS112. */
const SPECIAL_USE_IPV6: typeof SPECIAL_USE = [
  ["ipv6", "2001::", 23],
  ["ipv6", "2001:db8::", 32],
  ["ipv6", "2002::", 16],
  ["ipv6", "2620:4f:8000::", 48],
  ["ipv6", "3fff::", 20],
];

const special = new BlockList();
for (const [family, network, bits] of [...SPECIAL_USE, ...SPECIAL_USE_IPV6]) {
  special.addSubnet(network, bits, family);
}
const globalUnicast = new BlockList();
globalUnicast.addSubnet(...GLOBAL_UNICAST, "ipv6");

/**
 * Whether an address is not a single host on the public internet: this machine, its networks, a
 * cloud's metadata service, or an IPv6 form of one of those. An invalid address counts as special, too.
 *
 * @see RFC 6890; IANA IPv4 and IPv6 Special-Purpose Address Registries
 */
export function isSpecialUseAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return special.check(address, "ipv4");
    case 6:
      return !globalUnicast.check(address, "ipv6") || special.check(address, "ipv6");
    default:
      return true;
  }
}
