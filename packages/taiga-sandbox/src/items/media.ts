import { createHmac, timingSafeEqual } from "node:crypto";
import type { Request, RequestHandler } from "express";
import { htmlPage } from "../model/errors.ts";
import type { Attachment, State } from "../model/state.ts";

/** How long a file's address is valid: the default of taiga-protected in Taiga's Docker files. */
const MAX_AGE_SECONDS = 360;

/** The files of attachments, each under an address with a short-lived token. */
export interface Media {
  /** An absolute address on the request's host. */
  toUrl(req: Request, file: Attachment): string;
  /** Serves `/media/…`: 403 without a valid token, 404 for a deleted file. */
  download: RequestHandler;
}

/** @param deps.secret signs the addresses. */
export function createMedia(deps: { secret: string; clock: () => Date; state: State }): Media {
  const { secret, clock, state } = deps;
  const nowSeconds = (): number => Math.floor(clock().getTime() / 1000);
  const sign = (path: string, time: string): string =>
    createHmac("sha256", `media:${secret}`).update(`${path}:${time}`).digest("base64url");
  const isGood = (path: string, token: string): boolean => {
    const [time = "", signature = ""] = token.split(":");
    const age = nowSeconds() - Number.parseInt(time, 36);
    const expected = Buffer.from(sign(path, time));
    const given = Buffer.from(signature);
    const isSigned = given.length === expected.length && timingSafeEqual(given, expected);
    return isSigned && age >= 0 && age <= MAX_AGE_SECONDS;
  };
  return {
    toUrl: (req, { attached_file, kind, object }) => {
      const time = nowSeconds().toString(36);
      const host = `${req.protocol}://${req.get("host") ?? "localhost"}`;
      const path = attached_file.split("/").map(encodeURIComponent).join("/");
      const fragment = `_taiga-refresh=${kind}:${object}`;
      return `${host}/media/${path}?token=${time}:${sign(attached_file, time)}#${fragment}`;
    },
    download: (req, res) => {
      const path = [req.params["path"]].flat().join("/");
      const token = req.query["token"];
      if (typeof token !== "string" || !isGood(path, token)) {
        res.status(403).type("html").send(htmlPage("Forbidden", ""));
        return;
      }
      const file = state.attachments.find((row) => row.attached_file === path);
      const content = file && state.attachmentContents[file.id];
      if (file === undefined || content === undefined) {
        res.status(404).type("html").send(htmlPage("Not Found", ""));
        return;
      }
      // Always a download, because users can attach any file, such as HTML with scripts.
      res.attachment(file.name).type(file.media_type).set("X-Content-Type-Options", "nosniff");
      res.send(Buffer.from(content, "base64"));
    },
  };
}
