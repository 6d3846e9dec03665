import { randomUUID } from "node:crypto";

/** A file to send. */
export interface FileContent {
  /** As Taiga is to show it; a path is cut to its last part there. */
  name: string;
  /** Media type; default `application/octet-stream`. */
  mediaType?: string | undefined;
  /** Bytes; Taiga needs to know before it reads them. */
  sizeBytes: number;
  /**
   * Opens the content. A request that Taiga refuses with 401 is sent again with another token and opens
   * it a second time: a content that can be read only once throws then.
   */
  open: () => AsyncIterable<Uint8Array>;
}

/** A request body that is sent piece by piece. */
export interface StreamedBody {
  sizeBytes: number;
  open: () => AsyncIterable<Uint8Array>;
}

/** A form with one file. */
export interface FileForm {
  fields: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Name of the field that holds the file. */
  fileField: string;
  file: FileContent;
}

/**
 * Encodes a form as `multipart/form-data` (RFC 7578) without reading the file: it goes over the wire as
 * it is read.
 */
export function encodeForm(form: FileForm): { contentType: string; body: StreamedBody } {
  const boundary = `taiga-${randomUUID()}`;
  const { fields, fileField, file } = form;
  const parts = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined
      ? []
      : [`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`],
  );
  const disposition = `form-data; name="${fileField}"; filename="${escapeName(file.name)}"`;
  const type = verifyMediaType(file.mediaType ?? "application/octet-stream");
  const head = Buffer.from(
    `${parts.join("")}--${boundary}\r\nContent-Disposition: ${disposition}\r\nContent-Type: ${type}\r\n\r\n`,
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: {
      sizeBytes: head.length + file.sizeBytes + tail.length,
      open: async function* () {
        yield head;
        yield* file.open();
        yield tail;
      },
    },
  };
}

/** Percent-encodes what would end the name, as browsers do (WHATWG HTML, multipart/form-data). */
const escapeName = (name: string): string =>
  name.replaceAll("\n", "%0A").replaceAll("\r", "%0D").replaceAll('"', "%22");

/** Anything else could add header lines, or end them. */
const verifyMediaType = (type: string): string =>
  /^[\w.+-]+\/[\w.+-]+(?:;\s*[\w.+-]+=[\w.+-]+)*$/.test(type) ? type : "application/octet-stream";

/** A content that is already in memory, and can be sent again. */
export const toFileContent = (
  name: string,
  bytes: Uint8Array,
  mediaType?: string,
): FileContent => ({
  name,
  mediaType,
  sizeBytes: bytes.length,
  open: async function* () {
    yield bytes;
  },
});
