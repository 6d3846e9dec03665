import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export interface TcpTarget {
  host: string;
  port: number;
}

export interface TcpProxy {
  port: number;
  /** Keeps connections open and forwards nothing: a frozen server or a dead network. */
  freeze(): void;
  /** Delays every answer by this many milliseconds: a slow server. */
  delayAnswers(ms: number): void;
  /** Cuts each connection within the next answer: the command is done, its answer is lost. */
  cutAnswers(): void;
  /** Sends every new connection to another server: an address that moved. */
  retarget(elsewhere: TcpTarget): void;
  /** Cuts every connection and refuses new ones: a killed server. */
  cut(): Promise<void>;
  /** Forwards everything again, on the same port. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

/** A proxy to a server that lets a test break the connection without control of the server. */
export async function createTcpProxy(target: TcpTarget): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let current = target;
  let frozen = false;
  let delayMs = 0;
  let cutsAnswers = false;
  let port = 0;

  function answer(socket: Socket, chunk: Buffer): void {
    if (cutsAnswers) {
      socket.write(chunk.subarray(0, chunk.length / 2));
      socket.destroySoon();
    } else if (delayMs === 0) {
      socket.write(chunk);
    } else {
      setTimeout(() => socket.write(chunk), delayMs);
    }
  }

  const server = createServer((inner) => {
    const outer = connect(current);
    for (const [from, to] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      sockets.add(from);
      from.on("data", (chunk: Buffer) => (to === inner ? answer(to, chunk) : to.write(chunk)));
      from.on("error", () => to.destroy());
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
      if (frozen) from.pause();
    }
  });

  async function listen(): Promise<void> {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    port = (server.address() as AddressInfo).port;
  }

  async function cut(): Promise<void> {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  await listen();
  return {
    port,
    freeze: () => {
      frozen = true;
      for (const socket of sockets) socket.pause();
    },
    delayAnswers: (ms) => {
      delayMs = ms;
    },
    cutAnswers: () => {
      cutsAnswers = true;
    },
    retarget: (elsewhere) => {
      current = elsewhere;
    },
    cut,
    restore: async () => {
      frozen = false;
      delayMs = 0;
      cutsAnswers = false;
      for (const socket of sockets) socket.resume();
      if (!server.listening) await listen();
    },
    close: cut,
  };
}
