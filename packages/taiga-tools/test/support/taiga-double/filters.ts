import type { AnyItem, Filter, TaigaDouble } from "./state.ts";

/** A value of a filter or a comment in letters. */
export const toText = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value);

const toList = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

/** The items of a kind that a list request is answered with, all pages of them, in its order. */
export function findRows(double: TaigaDouble, items: AnyItem[], filter: Filter): AnyItem[] {
  const { epic, ...others } = filter;
  const inEpic = (item: AnyItem) =>
    epic === undefined ||
    double.links.some((link) => link.user_story === item.id && toList(epic).includes(link.epic));
  const found = items.filter((item) => inEpic(item) && matches(item, others));
  const order = toText(filter["order_by"] ?? "id");
  const key = order.replace("-", "");
  const sign = order.startsWith("-") ? -1 : 1;
  return found.toSorted((a, b) => (String(a[key]) < String(b[key]) ? -sign : sign));
}

const IGNORED = new Set(["order_by", "q", "pageSize"]);

function matches(item: AnyItem, filter: Filter): boolean {
  return Object.entries(filter).every(([key, wanted]) => {
    if (wanted === undefined || IGNORED.has(key)) return true;
    const list = Array.isArray(wanted) ? wanted : [wanted];
    if (key.endsWith("__gte")) return String(item[key.slice(0, -5)]) >= toText(wanted);
    if (key.endsWith("__lt")) return String(item[key.slice(0, -4)]) < toText(wanted);
    if (key === "tags") return item.tags.some(([tag]) => list.includes(tag));
    if (key === "assigned_users" && "assigned_users" in item) {
      return [item.assigned_to, ...(item.assigned_users as number[])].some((id) =>
        list.includes(id),
      );
    }
    if (key === "status__is_closed") return item.is_closed === wanted;
    if (key.startsWith("exclude_")) return !list.includes(item[key.slice(8)]);
    if (key === "watchers") return item.watchers.some((id) => list.includes(id));
    return list.includes(item[key]);
  });
}
