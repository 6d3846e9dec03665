/// <reference lib="dom" />
import type { Page } from "playwright-core";

/** Contrast that WCAG 2.2 AA asks of normal text, and of large text. */
const CONTRAST = 4.5;
const LARGE_CONTRAST = 3;

/** Accessibility faults of a page; an accessible page has none. */
export async function findPageFaults(page: Page): Promise<string[]> {
  const title = await page.title();
  return [
    ...(title.trim() === "" ? ["the page has no title"] : []),
    ...(await page.evaluate(findStructureFaults)),
    ...(await page.evaluate(findContrastFaults, { CONTRAST, LARGE_CONTRAST })),
  ];
}

/** By how many pixels the page is wider than its window. */
export const findOverflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Runs in the page. */
function findStructureFaults(): string[] {
  const faults: string[] = [];
  const all = <T extends Element>(selector: string): T[] => [
    ...document.querySelectorAll<T>(selector),
  ];
  if (document.documentElement.lang === "") faults.push("the page does not say its language");
  if (all("main").length !== 1) faults.push("there is not exactly one main landmark");
  const headings = all("h1, h2, h3, h4, h5, h6").map((heading) => Number(heading.tagName[1]));
  if (headings.filter((level) => level === 1).length !== 1) faults.push("not exactly one h1");
  headings.forEach((level, index) => {
    if (level > (headings[index - 1] ?? 0) + 1)
      faults.push(`a heading of level ${level} too early`);
  });
  for (const field of all<HTMLInputElement>("input:not([type=hidden])")) {
    const label = [...(field.labels ?? [])].map((one) => one.textContent).join("");
    if (label.trim() === "") faults.push(`the field ${field.name} has no label`);
    const described = field.getAttribute("aria-describedby")?.split(" ") ?? [];
    for (const id of described) {
      if (document.getElementById(id) === null) faults.push(`nothing has the id ${id}`);
    }
  }
  for (const control of all<HTMLElement>("button, a")) {
    if (control.textContent.trim() === "") faults.push(`a ${control.tagName} without a text`);
  }
  for (const image of all("svg:not([aria-hidden=true]), img:not([alt])")) {
    faults.push(`an image without words: ${image.outerHTML.slice(0, 40)}`);
  }
  for (const group of all("fieldset")) {
    if ((group.querySelector("legend")?.textContent ?? "").trim() === "") {
      faults.push("a group without a legend");
    }
  }
  const ids = all("[id]").map(({ id }) => id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) faults.push(`two of id ${id}`);
  return faults;
}

/** Runs in the page. */
function findContrastFaults(limits: { CONTRAST: number; LARGE_CONTRAST: number }): string[] {
  const toChannels = (color: string): number[] => (color.match(/[\d.]+/g) ?? []).map(Number);
  const toLuminance = (color: string): number => {
    const [red = 0, green = 0, blue = 0] = toChannels(color).map((channel) => {
      const share = channel / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const groundOf = (element: Element | null): string => {
    if (element === null) return "rgb(255, 255, 255)";
    const { backgroundColor } = getComputedStyle(element);
    const alpha = toChannels(backgroundColor)[3] ?? 1;
    return alpha === 0 ? groundOf(element.parentElement) : backgroundColor;
  };
  const faults: string[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    const text = (node.textContent ?? "").trim();
    if (element === null || text === "" || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const [dark = 0, light = 0] = [toLuminance(style.color), toLuminance(groundOf(element))].sort(
      (one, other) => one - other,
    );
    const size = Number.parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const contrast = (light + 0.05) / (dark + 0.05);
    if (contrast < (isLarge ? limits.LARGE_CONTRAST : limits.CONTRAST)) {
      faults.push(`a contrast of ${contrast.toFixed(2)} for: ${text}`);
    }
  }
  return faults;
}
