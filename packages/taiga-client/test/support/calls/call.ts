import type { TaigaClient } from "../../../src/taiga-client.ts";

/** A call of the client: what it must send, how to make it, and the body it must send. */
export type Call = [
  target: string,
  call: (taiga: TaigaClient) => Promise<unknown>,
  body: object | undefined,
];

/** A call that asks for a whole list, without a body. */
export type ListCall = [target: string, call: (taiga: TaigaClient) => Promise<unknown>];
