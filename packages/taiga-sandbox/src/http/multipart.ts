import express, { type RequestHandler } from "express";
import { apiException } from "../model/errors.ts";

/** The largest accepted file, in bytes. */
export const MAX_FILE_BYTES = 1_048_576;

/** Room for the other fields and the boundaries. */
const OVERHEAD_BYTES = 65_536;

const MULTIPART = "multipart/form-data";

/** A file of a form. */
export interface UploadedFile {
  /** Without folders. */
  name: string;
  mediaType: string;
  bytes: Buffer;
}

/** @param value a field of a request's body. */
export const isUploadedFile = (value: unknown): value is UploadedFile =>
  typeof value === "object" && value !== null && "bytes" in value && Buffer.isBuffer(value.bytes);

const readForm: RequestHandler = async (req, _res, next) => {
  if (!Buffer.isBuffer(req.body)) {
    next();
    return;
  }
  const headers = { "content-type": req.get("content-type") ?? "" };
  const form = await new Response(new Uint8Array(req.body), { headers }).formData().catch(() => {
    throw apiException(400, "ParseError", "Multipart form parse error - Invalid boundary");
  });
  const fields: Record<string, unknown> = {};
  for (const [name, value] of form) fields[name] = await toField(value);
  req.body = fields;
  next();
};

async function toField(value: string | File): Promise<string | UploadedFile> {
  if (typeof value === "string") return value;
  const name = value.name.split(/[/\\]/).at(-1) ?? "";
  const bytes = Buffer.from(await value.arrayBuffer());
  return { name, mediaType: value.type || "application/octet-stream", bytes };
}

/** Reads `multipart/form-data` into `req.body`: texts, and files as {@link UploadedFile}. */
export const parseMultipart: RequestHandler[] = [
  express.raw({ type: MULTIPART, limit: MAX_FILE_BYTES + OVERHEAD_BYTES }),
  readForm,
];
