// A name server on this machine that knows a few names until a test takes one away: a query for any
// other name is never answered.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { pathToFileURL } from "node:url";

const HEADER_BYTES = 12;
const TYPE_A = 1;

export interface ChangeableNameServer {
  /** Names that mean this machine. */
  names: Set<string>;
  /** Settings with which a service asks this name server only. */
  settings: Record<string, string>;
  close(): void;
}

export async function startChangeableNameServer(...known: string[]): Promise<ChangeableNameServer> {
  const names = new Set(known);
  const socket = createSocket("udp4").on("message", (query, { port, address }) => {
    const { name, type, end } = readQuestion(query);
    if (names.has(name)) socket.send(toResponse(query.subarray(0, end), type), port, address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    names,
    settings: {
      NODE_OPTIONS: `--import=${pathToFileURL("tests/support/silent-name-server.mjs").href}`,
      NAME_SERVER: `127.0.0.1:${socket.address().port}`,
    },
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

/** The question, and 127.0.0.1 if it is for an IPv4 address (RFC 1035 §4.1.3). */
function toResponse(question: Buffer, type: number): Buffer {
  const response = Buffer.from(question);
  const isIpv4 = type === TYPE_A;
  response.writeUInt16BE(0x8180, 2);
  response.writeUInt16BE(isIpv4 ? 1 : 0, 6);
  response.writeUInt32BE(0, 8);
  const record = Buffer.from([0xc0, HEADER_BYTES, 0, TYPE_A, 0, 1, 0, 0, 0, 0, 0, 4, 127, 0, 0, 1]);
  return isIpv4 ? Buffer.concat([response, record]) : response;
}
