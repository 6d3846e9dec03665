import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";

/** An answer in Redis's own protocol, or `undefined` to hang up instead. */
type Answer = string | undefined;

export interface FakeRedis {
  url: string;
  /** The commands it got, in order, in upper case, without what a connection begins with. */
  commands: string[];
  /** How many connections there have been. */
  connections: () => number;
  close(): Promise<void>;
}

const bulk = (text: string): string => `$${text.length}\r\n${text}\r\n`;

/** A server that speaks just enough of the protocol to misbehave as a real one could. */
export async function createFakeRedis(options: {
  version?: string;
  /** Further lines of its answer to INFO. */
  info?: string[];
  answer?: (command: string) => Answer;
}): Promise<FakeRedis> {
  const { version = "7.2.0", info = [], answer = () => "+OK\r\n" } = options;
  const commands: string[] = [];
  const sockets: Socket[] = [];

  const respond = (command: string): Answer => {
    if (command === "HELLO") return "-ERR unknown command 'HELLO'\r\n";
    if (command === "INFO")
      return bulk([`redis_version:${version}`, "loading:0", ...info].join("\r\n"));
    if (command === "CLIENT") return "+OK\r\n";
    commands.push(command);
    return answer(command);
  };

  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      // A command is an array of strings: *<count> $<length> <NAME> …
      for (const [, name] of chunk.toString().matchAll(/\*\d+\r\n\$\d+\r\n(\w+)/g)) {
        const reply = respond(name!.toUpperCase());
        if (reply === undefined) socket.destroy();
        else socket.write(reply);
      }
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");

  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    commands,
    connections: () => sockets.length,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
