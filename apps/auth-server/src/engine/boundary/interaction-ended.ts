import { CodedError } from "@taiga-mcp/service";

/** The interaction ended while this answer to it was on its way: another answer came first. */
export class InteractionEndedError extends CodedError<"interaction_ended"> {
  constructor(options?: ErrorOptions) {
    super("interaction_ended", "This login was answered already.", options);
  }
}
