import { createSocket } from "node:dgram";
import { once } from "node:events";

/** A DNS server on a free UDP port. */
export interface NameServer {
  /** Address and port, as `NameResolverOptions.servers` takes it. */
  address: string;
  /** The name in each query, in order of arrival; most look-ups send two. */
  queries: string[];
  close(): void;
}

const TYPE_A = 1;
const HEADER_BYTES = 12;

/**
 * @param answers IPv4 addresses by name; the server never answers a query for another name. A query
 *   for another type of record is answered without records.
 */
export async function startNameServer(
  answers: Readonly<Record<string, readonly string[]>> = {},
): Promise<NameServer> {
  const socket = createSocket("udp4");
  const queries: string[] = [];
  socket.on("message", (query, { port, address }) => {
    const { name, type, end } = readQuestion(query);
    queries.push(name);
    const found = answers[name];
    if (found === undefined) return;
    const addresses = type === TYPE_A ? found : [];
    socket.send(toResponse(query.subarray(0, end), addresses), port, address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    address: `127.0.0.1:${socket.address().port}`,
    queries,
    close: () => void socket.close(),
  };
}

/** RFC 1035 §4.1.2. */
function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join("."), type: query.readUInt16BE(at + 1), end: at + 5 };
}

/** Repeats the question and adds records (RFC 1035 §4.1.3). */
function toResponse(question: Buffer, addresses: readonly string[]): Buffer {
  const response = Buffer.from(question);
  response.writeUInt16BE(0x8180, 2);
  response.writeUInt16BE(addresses.length, 6);
  response.writeUInt32BE(0, 8);
  const records = addresses.map((address) =>
    Buffer.from([0xc0, HEADER_BYTES, 0, TYPE_A, 0, 1, 0, 0, 0, 60, 0, 4, ...toBytes(address)]),
  );
  return Buffer.concat([response, ...records]);
}

const toBytes = (address: string): number[] => address.split(".").map(Number);
