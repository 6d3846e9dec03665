import { html } from "hono/html";

/** What the `html` tag yields: text in which every value was escaped. */
export type Html = ReturnType<typeof html>;
