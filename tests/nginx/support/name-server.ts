// A minimal DNS server: IPv4 addresses of the configured names, "no such name" for others.
import { createSocket } from "node:dgram";
import { once } from "node:events";

export interface NameServer {
  /** The address in the format of nginx's `resolver`. */
  address: string;
  /** Names to IPv4 addresses; changes take effect with the next question. */
  names: Map<string, string>;
  stop(): Promise<void>;
}

const HEADER_BYTES = 12;
/** Response, recursion available (RFC 1035 section 4.1.1). */
const ANSWERED = 0x81_80;
const NO_SUCH_NAME = 0x81_83;

export async function startNameServer(names: Record<string, string>): Promise<NameServer> {
  const known = new Map(Object.entries(names));
  const socket = createSocket("udp4");
  socket.on("message", (question, { port, address }) => {
    socket.send(answer(question, known), port, address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    address: `127.0.0.1:${socket.address().port}`,
    names: known,
    stop: async () => {
      socket.close();
      await once(socket, "close");
    },
  };
}

function answer(question: Buffer, names: ReadonlyMap<string, string>): Buffer {
  const { name, end } = readName(question);
  const address = names.get(name);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(question.readUInt16BE(0), 0);
  header.writeUInt16BE(address === undefined ? NO_SUCH_NAME : ANSWERED, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(address === undefined ? 0 : 1, 6);
  const asked = question.subarray(HEADER_BYTES, end + 4);
  if (address === undefined) return Buffer.concat([header, asked]);
  // A pointer to the name, type A, class IN, a TTL of 0 seconds, 4 bytes of address.
  const record = Buffer.from([0xc0, HEADER_BYTES, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4]);
  return Buffer.concat([header, asked, record, Buffer.from(address.split(".").map(Number))]);
}

function readName(message: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let position = HEADER_BYTES;
  for (let length = message[position]; length; length = message[position]) {
    labels.push(message.toString("latin1", position + 1, position + 1 + length));
    position += 1 + length;
  }
  return { name: labels.join("."), end: position + 1 };
}
