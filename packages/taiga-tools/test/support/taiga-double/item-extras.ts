import { TaigaError } from "@taiga-mcp/taiga-client";
import type { Backend } from "./backend.ts";
import { type Kind, KINDS } from "./state.ts";

/** Which stories belong to an epic. */
export function createEpicLinks({ double, called }: Backend) {
  const isLink = (epic: number, story: number) => (link: { epic: number; user_story: number }) =>
    link.epic === epic && link.user_story === story;
  return {
    listStories: (epic: number) =>
      called("epics.listStories", () => double.links.filter((link) => link.epic === epic)),
    addStory: (epic: number, user_story: number) =>
      called("epics.addStory", () => {
        if (double.links.some(isLink(epic, user_story))) {
          throw new TaigaError("validation_failed", "already exists", { status: 400 });
        }
        double.links.push({ epic, user_story });
        double.relink();
        return { epic, user_story, order: 1 };
      }),
    removeStory: (epic: number, user_story: number) =>
      called("epics.removeStory", () => {
        const isIt = isLink(epic, user_story);
        double.links = double.links.filter((link) => !isIt(link));
        double.relink();
      }),
  };
}

/** What belongs to an item of any kind, by its id. */
export function createItemExtras({ double, called }: Backend) {
  const customOf = (id: number) =>
    double.custom.get(String(id)) ?? { attributes_values: {}, version: 1 };
  return {
    history: {
      list: (_kind: Kind, id: number) =>
        called("history.list", () => double.history.get(String(id)) ?? []),
    },
    attachments: { list: () => called("attachments.list", () => []) },
    customAttributeValues: {
      get: (_kind: Kind, id: number) => called("custom.get", () => customOf(id)),
      update: (_kind: Kind, id: number, values: { attributes_values: Record<string, unknown> }) =>
        called("custom.update", () => {
          const version = customOf(id).version + 1;
          double.custom.set(String(id), { attributes_values: values.attributes_values, version });
          return { ...values, version };
        }),
    },
    resolver: {
      resolve: ({ ref }: { ref: number }) =>
        called("resolver.resolve", () => {
          const kind = KINDS.find((each) => double.items[each].some((item) => item.ref === ref));
          return kind && { kind, id: double.items[kind].find((item) => item.ref === ref)!.id };
        }),
    },
  };
}
