import type { Request } from "express";
import { isAllowed, refusal, type Actor } from "../model/access.ts";
import type { Context } from "../model/context.ts";
import { group, toId, type Endpoint } from "../http/endpoint.ts";
import { notFound } from "../model/errors.ts";
import { toBody } from "../http/fields.ts";
import { toPage } from "../http/pagination.ts";
import {
  addRelated,
  addRelatedInBulk,
  findRelatedForWrite,
  listRelated,
  moveRelated,
  removeRelated,
} from "./related-stories.ts";
import { findById, mustFind } from "../model/rows.ts";
import type { Epic, RelatedStory } from "../model/state.ts";

const toView = ({ epic, user_story, order }: RelatedStory) => ({ epic, user_story, order });

/** `/epics/{id}/related_userstories`: which stories belong to an epic. Links have no version. */
export function relatedStoryRoutes(context: Context): Record<string, Endpoint> {
  const { state } = context;
  const findEpic = (req: Request): Epic => {
    const epic = findById(state.epics, toId(req.params["epic"]));
    if (epic === undefined) throw notFound("Epic");
    return epic;
  };
  const isVisible = (epic: Epic, actor: Actor): boolean =>
    isAllowed(state, actor, mustFind(state.projects, epic.project), "view_epics");
  const findLink = (req: Request): RelatedStory | undefined =>
    state.relatedStories.find(
      (row) =>
        row.epic === toId(req.params["epic"]) && row.user_story === toId(req.params["story"]),
    );
  return group("EpicRelatedUserStory", {
    "/epics/:epic/related_userstories": {
      GET: (req, actor) => {
        const epic = findById(state.epics, toId(req.params["epic"]));
        const isSeen = epic !== undefined && isVisible(epic, actor);
        return toPage(req, isSeen ? listRelated(state, epic) : [], toView);
      },
      POST: (req, actor, res) => {
        const related = addRelated(context, actor, findEpic(req), toBody(req.body));
        res.status(201);
        return toView(related);
      },
    },
    "/epics/:epic/related_userstories/bulk_create": {
      POST: (req, actor) => {
        const epic = findEpic(req);
        addRelatedInBulk(context, actor, epic, toBody(req.body));
        return listRelated(state, epic).map(toView);
      },
    },
    "/epics/:epic/related_userstories/:story": {
      GET: (req, actor) => {
        const related = findLink(req);
        if (related === undefined) throw notFound("RelatedUserStory");
        if (!isVisible(mustFind(state.epics, related.epic), actor)) throw refusal(actor);
        return toView(related);
      },
      PATCH: (req, actor, res) => {
        const related = findRelatedForWrite(state, actor, findLink(req));
        const orders = moveRelated(context, actor, related, toBody(req.body));
        res.set("Taiga-Info-Order-Updated", JSON.stringify(orders));
        return toView(related);
      },
      DELETE: (req, actor) =>
        removeRelated(context, actor, findRelatedForWrite(state, actor, findLink(req))),
    },
  });
}
