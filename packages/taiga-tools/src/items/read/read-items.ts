import { capText, countFitting, MAX_ANSWER_BYTES } from "../../text/cap.ts";
import { fence } from "../../text/fence.ts";
import { type Include, readDetails, readPageDetails } from "./details.ts";
import { capDetails } from "./cap-details.ts";
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
}

export interface ReadAnswer {
  text: string;
  data: {
    items: ItemBlock[];
    /** Why references could not be read, one message for each. */
    errors?: string[];
    /** References of items that did not fit into the answer. */
    left_out?: string[];
  };
}

type Readable = Located | LocatedPage;
type Read = { ref: string; located: Readable } | { error: string };

/** Reads items and wiki pages with details, eight at a time. A failure does not stop the rest. */
export async function readItems(
  { refs, project, include }: ReadRequest,
  deps: LocateDeps & { today: string },
): Promise<ReadAnswer> {
  const read = await mapConcurrent(refs, (ref, index) =>
    attempt(ref, () => locateAny(ref, deps, { project, field: `refs[${index}]` })),
  );
  const located = read.flatMap((one) => ("located" in one ? [one] : []));
  const qualified = needsProject(
    located.map((one) => one.located),
    project,
  );
  // All items get an equal share of the answer, so the size limit is known before details are read.
  const maxBytes = Math.max(1_000, MAX_ANSWER_BYTES / Math.max(1, located.length) - 500);
  const blocks = await mapConcurrent(located, async (one) => {
    const context = { ...deps, project: one.located.project, qualified };
    return {
      ref: one.ref,
      block: await toBlock(one.located, { include, maxBytes, context, deps }),
    };
  });
  const errors = read.flatMap((one) => ("error" in one ? [one.error] : []));
  return toAnswer(blocks, errors);
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
  options: {
    include: ReadonlySet<Include>;
    maxBytes: number;
    context: SummaryContext;
    deps: LocateDeps;
  },
): Promise<ItemBlock> {
  const { include, maxBytes, context, deps } = options;
  const isPage = "page" in located;
  const details = isPage
    ? await readPageDetails(located, include, deps)
    : await readDetails(located, include, deps, context);
  const { customFieldsVersion: customFields, ...rest } = capDetails(details, maxBytes);
  const row = isPage ? located.page : located.item;
  return {
    ...toSummary(row, ITEM_FIELDS, context),
    version:
      row.kind === "wiki"
        ? String(row.version)
        : toSeenVersion(row, customFields === undefined ? {} : { customFields }),
    ...rest,
  };
}

function toAnswer(
  blocks: readonly { ref: string; block: ItemBlock }[],
  errors: readonly string[],
): ReadAnswer {
  const texts = blocks.map(({ block }) => toBlockText(block));
  const fitting = Math.max(1, countFitting(texts, MAX_ANSWER_BYTES));
  const leftOut = blocks.slice(fitting).map(({ ref }) => ref);
  const parts = [
    ...(texts.length > 0
      ? [fence(capText(texts.slice(0, fitting).join("\n\n"), MAX_ANSWER_BYTES))]
      : []),
    ...errors,
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
