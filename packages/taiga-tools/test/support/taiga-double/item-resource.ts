import { type Backend, forbidden, missing, pageOf } from "./backend.ts";
import { apply, verifyVersion } from "./changes.ts";
import { findRows } from "./filters.ts";
import type { Filter, Kind } from "./state.ts";

interface Bulk {
  projectId: number;
  subjects: string[];
  statusId?: number;
  milestoneId?: number;
  userStoryId?: number;
}

/** What the client offers for items of one kind; `name` is how calls are noted. */
export function createItemResource({ double, called }: Backend, kind: Kind, name: string) {
  const items = double.items[kind];
  return {
    list: (filter: Filter, { page = 1, pageSize = 30 } = {}) => {
      double.filters.push({ ...filter, pageSize });
      return called(`${name}.list`, () =>
        pageOf(findRows(double, items, filter), { page, pageSize }),
      );
    },
    getById: (id: number) =>
      called(`${name}.getById`, () => {
        const found = items.find((item) => item.id === id);
        if (found === undefined) throw missing();
        return found;
      }),
    getByRef: (key: { projectId: number }, ref: number) =>
      called(`${name}.getByRef`, () => {
        const found = items.find((item) => item.ref === ref && item.project === key.projectId);
        if (found === undefined) throw missing();
        return found;
      }),
    delete: (id: number) =>
      called(`${name}.delete`, () => {
        if (!items.some((item) => item.id === id)) throw forbidden();
        items.splice(0, items.length, ...items.filter((item) => item.id !== id));
        if (kind !== "userstory") return;
        // Its tasks go too.
        const { task } = double.items;
        task.splice(0, task.length, ...task.filter((one) => one["user_story"] !== id));
      }),
    create: (values: Record<string, unknown>) =>
      called(`${name}.create`, () => double.add(kind, values)),
    update: (id: number, { version, ...changes }: Record<string, unknown> & { version: number }) =>
      called(`${name}.update`, () => {
        const item = items.find((one) => one.id === id)!;
        verifyVersion(double, item, Object.keys(changes), version);
        apply(double, item, changes, "bob");
        return item;
      }),
    bulkCreate: (bulk: Bulk) =>
      called(`${name}.bulkCreate`, () =>
        bulk.subjects.map((subject) =>
          double.add(kind, {
            project: bulk.projectId,
            subject,
            ...(bulk.statusId !== undefined && { status: bulk.statusId }),
            milestone: bulk.milestoneId ?? null,
            user_story: bulk.userStoryId ?? null,
          }),
        ),
      ),
  };
}
