import { capText, countFitting, MAX_ANSWER_BYTES } from "../../text/cap.ts";
import { fence } from "../../text/fence.ts";
import { type Include, readDetails, readPageDetails } from "./details.ts";
import { capBlocks } from "./cap-blocks.ts";
import { toSingleAnswer } from "./single-answer.ts";
import { mapConcurrent } from "../../schema/map-concurrent.ts";
import { type ItemBlock, toBlockText } from "./item-block.ts";
import { locateAny, type Located, type LocatedPage, needsProject } from "../locate.ts";
import { toItemFailure } from "../outcome.ts";
import { ITEM_FIELDS, type SummaryContext, toSummary } from "../summary.ts";
import { type LocateDeps } from "../target.ts";
import { toSeenVersion } from "../version.ts";
import { quoteAll } from "../../text/quote.ts";

export interface ReadRequest {
  refs: readonly string[];
  project: string | undefined;
  include: ReadonlySet<Include>;
  /** Goes on in the text of a single item. */
  cursor?: string | undefined;
}

export interface ReadAnswer {
  text: string;
  data: {
    items: ItemBlock[];
    /** Why references could not be read, one message for each. */
    errors?: string[];
    /** References of items that did not fit into the answer. */
    left_out?: string[];
    /** The rest of an item that did not fit into the last answer. */
    continued?: string;
    /** Continues an item that does not fit into one answer. */
    cursor?: string;
  };
}

type Readable = Located | LocatedPage;
type Read = { ref: string; located: Readable } | { error: string };

/** Reads items and wiki pages with details, eight at a time. A failure does not stop the rest. */
export async function readItems(
  request: ReadRequest,
  deps: LocateDeps & { today: string },
): Promise<ReadAnswer> {
  const { refs, project, include } = request;
  const read = await mapConcurrent(refs, (ref, index) =>
    attempt(ref, () =>
      locateAny(ref, deps, { project, field: `refs[${index}]`, expectsStory: true }),
    ),
  );
  const located = read.flatMap((one) => ("located" in one ? [one] : []));
  const qualified = needsProject(
    located.map((one) => one.located),
    project,
  );
  const blocks = await mapConcurrent(located, async (one) => {
    const context = { ...deps, project: one.located.project, qualified };
    return { ref: one.ref, block: await toBlock(one.located, { include, context, deps }) };
  });
  const errors = read.flatMap((one) => ("error" in one ? [one.error] : []));
  const [only] = blocks;
  if (only !== undefined && refs.length === 1) {
    return toSingleAnswer(only.block, request);
  }
  return toAnswer(capBlocks(blocks), errors);
}

async function attempt(ref: string, look: () => Promise<Readable>): Promise<Read> {
  try {
    return { ref, located: await look() };
  } catch (error) {
    const { failure, stops } = toItemFailure(error);
    if (stops) throw error;
    return { error: failure.error };
  }
}

async function toBlock(
  located: Readable,
  options: { include: ReadonlySet<Include>; context: SummaryContext; deps: LocateDeps },
): Promise<ItemBlock> {
  const { include, context, deps } = options;
  const isPage = "page" in located;
  const { customFieldsVersion: customFields, ...details } = isPage
    ? await readPageDetails(located, include, deps)
    : await readDetails(located, include, deps, context);
  const row = isPage ? located.page : located.item;
  return {
    ...toSummary(row, ITEM_FIELDS, context),
    version:
      row.kind === "wiki"
        ? String(row.version)
        : toSeenVersion(row, customFields === undefined ? {} : { customFields }),
    ...details,
  };
}

function toAnswer(
  blocks: readonly { ref: string; block: ItemBlock; isCut: boolean }[],
  errors: readonly string[],
): ReadAnswer {
  const texts = blocks.map(({ block }) => toBlockText(block));
  const fitting = Math.max(1, countFitting(texts, MAX_ANSWER_BYTES));
  const leftOut = blocks.slice(fitting).map(({ ref }) => ref);
  const cut = blocks.slice(0, fitting).flatMap(({ ref, isCut }) => (isCut ? [ref] : []));
  const parts = [
    ...(texts.length > 0
      ? [fence(capText(texts.slice(0, fitting).join("\n\n"), MAX_ANSWER_BYTES))]
      : []),
    ...errors,
    ...(cut.length > 0
      ? [`Cut to fit; call again with one of them to read it to the end: ${quoteAll(cut)}`]
      : []),
    ...(leftOut.length > 0
      ? [`Left out because the answer was too long; call again with: ${quoteAll(leftOut)}`]
      : []),
  ];
  return {
    text: parts.join("\n"),
    data: {
      items: blocks.slice(0, fitting).map(({ block }) => block),
      ...(errors.length > 0 && { errors: [...errors] }),
      ...(leftOut.length > 0 && { left_out: leftOut }),
    },
  };
}
