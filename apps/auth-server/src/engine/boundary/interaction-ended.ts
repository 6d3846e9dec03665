import { CodedError } from "@taiga-mcp/service";

/** The interaction ended while an answer to it was under way: another answer was faster. */
export class InteractionEndedError extends CodedError<"interaction_ended"> {
  constructor(options?: ErrorOptions) {
    super("interaction_ended", "This login was answered already.", options);
  }
}
