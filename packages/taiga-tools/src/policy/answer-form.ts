/**
 * What tools answer with: text alone, or text and the same facts as data. Several clients show their
 * model the data instead of the text, so the data is only for programs.
 */
export const ANSWER_FORMS = ["text", "structured"] as const;
export type AnswerForm = (typeof ANSWER_FORMS)[number];
