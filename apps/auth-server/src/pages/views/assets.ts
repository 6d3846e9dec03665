import { hash } from "../../storage/key-names.ts";
import { js } from "./script.ts";
import { css } from "./style.ts";

/** A file whose name contains a hash of its content, so that browsers may cache it forever. */
export interface Asset {
  /** Absolute path on this server, with a hash of the content in it. */
  path: string;
  contentType: string;
  content: string;
}

const toAsset = (content: string, extension: string, contentType: string): Asset => ({
  path: `/assets/${hash(content).slice(0, 16)}.${extension}`,
  contentType,
  content,
});

export const stylesheet = toAsset(css, "css", "text/css; charset=utf-8");

export const icon = toAsset(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 28 28"><rect width="28" height="28" rx="7" fill="#0b6a64"/><path d="M11 5.5 16 13h-2.2l3.7 5.5H12V22h-2v-3.5H4.5L8.2 13H6z" fill="#fff"/><path d="m18.7 9.5 4.8 9H19V22h-1.8v-3.5h1.7L15.5 13.3z" fill="#9fdcd5"/></svg>`,
  "svg",
  "image/svg+xml",
);

export const script = toAsset(js, "js", "text/javascript; charset=utf-8");

/** Everything served below /assets/. */
export const assets: readonly Asset[] = [stylesheet, script, icon];
