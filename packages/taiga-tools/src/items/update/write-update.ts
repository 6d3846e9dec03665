import { TaigaError } from "@taiga-mcp/taiga-client";
import { isOutage, ToolError } from "../../errors.ts";
import { toFailure, toFailureText } from "../../failure.ts";
import { toOneLine } from "../../text/clean.ts";
import { writeCustomFields } from "./custom-field-writes.ts";
import { writeLink } from "../changes/epic-links.ts";
import { toSeenVersion } from "../version.ts";
import { writeFields } from "./field-writes.ts";
import { type WriteDeps, type WriteRequest } from "./write-request.ts";

/**
 * Writes an item's fields, then its custom fields, then its links. Once a part was written, a later
 * failure becomes a note instead of an error.
 *
 * @returns the item's new version, and a note on parts that could not be written and on what others
 *   wrote at the same moment.
 */
export async function writeUpdate(
  write: WriteRequest,
  deps: WriteDeps,
): Promise<{ version: string; note?: string }> {
  const { plan, turn } = write;
  const notes: string[] = [];
  let written = false;
  let { item } = write;
  let customFields = plan.customValues?.version;
  const attempt = async (what: string, writePart: () => Promise<void>) => {
    try {
      await turn.verifyHeld();
      await writePart();
      written = true;
    } catch (error) {
      const isKnown = error instanceof TaigaError || error instanceof ToolError || isOutage(error);
      if (!written || !isKnown) throw error;
      const failure = toOneLine(toFailureText(toFailure(error)));
      notes.push(`The rest was written, but ${what} not: ${failure}`);
    }
  };
  if (Object.keys(plan.patch).length > 0) {
    await attempt("the fields were", async () => {
      const result = await writeFields(write, deps);
      item = result.item;
      notes.push(...result.notes);
    });
  }
  const { custom } = plan;
  if (custom !== undefined) {
    await attempt("custom_fields were", async () => {
      const result = await writeCustomFields(write, custom, deps);
      customFields = result.version;
      notes.push(...result.notes);
    });
  }
  for (const link of plan.links) {
    await attempt("an epic link was", () => writeLink(link, deps.taiga));
  }
  return {
    version: toSeenVersion(item, customFields === undefined ? {} : { customFields }, plan.kept),
    ...(notes.length > 0 && { note: notes.join(" ") }),
  };
}
