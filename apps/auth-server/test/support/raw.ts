import { request as httpRequest, type OutgoingHttpHeaders } from "node:http";

/** A request that `fetch` would not send: any Host, any request target. */
export function rawRequest(
  url: string,
  options: { target: string; method?: string; headers?: OutgoingHttpHeaders; body?: string },
): Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }> {
  const { hostname, port } = new URL(url);
  const { target, method = "GET", headers = {}, body } = options;
  return new Promise((resolve, reject) => {
    const req = httpRequest({ hostname, port, path: target, method, headers }, (res) => {
      const chunks: Buffer[] = [];
      res.on("data", (chunk: Buffer) => chunks.push(chunk));
      res.on("end", () =>
        resolve({
          status: res.statusCode ?? 0,
          headers: res.headers,
          text: Buffer.concat(chunks).toString("utf8"),
        }),
      );
    });
    req.on("error", reject);
    req.end(body);
  });
}
