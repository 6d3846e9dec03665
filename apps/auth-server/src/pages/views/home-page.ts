import { type HomePage, renderHomeContent, renderHomeFooter } from "@taiga-mcp/service";
import { raw } from "hono/html";
import { renderLayout } from "./layout.ts";

/** The start page: how to connect a client. The resource server's host shows the same content. */
export const renderHomePage = (page: HomePage): Promise<string> =>
  renderLayout({
    title: "Connect your AI client to Taiga",
    wide: true,
    content: raw(renderHomeContent(page)),
    footer: raw(renderHomeFooter(page)),
  });
