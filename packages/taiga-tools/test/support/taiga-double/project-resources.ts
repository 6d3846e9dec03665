import type { Milestone, ProjectDetail, ProjectRow } from "@taiga-mcp/taiga-client";
import { type Backend, forbidden, missing, pageOf } from "./backend.ts";
import { sprint } from "./project.ts";
import type { Filter } from "./state.ts";

/** `/projects`: a row names its members by id alone. */
export function createProjects({ double, called }: Backend) {
  const { projects } = double;
  const find = (test: (one: ProjectDetail) => boolean) => {
    const found = projects.find(test);
    if (found === undefined) throw missing();
    return found;
  };
  const toRow = (one: ProjectDetail) =>
    ({ ...one, members: one.members.map(({ id }) => id) }) as ProjectRow;
  return {
    list: () => called("projects.list", () => projects.map(toRow)),
    getById: (id: number) => called("projects.getById", () => find((one) => one.id === id)),
    getBySlug: (slug: string) =>
      called("projects.getBySlug", () => find((one) => one.slug === slug)),
  };
}

/** `/milestones`; what is not there is forbidden. */
export function createMilestones({ double, called, nextId }: Backend) {
  const find = (id: number) => {
    const found = double.sprints.find((one) => one.id === id);
    if (found === undefined) throw forbidden();
    return found;
  };
  return {
    list: () => called("milestones.list", () => double.sprints),
    getById: (id: number) => called("milestones.getById", () => find(id)),
    stats: () => called("milestones.stats", () => double.stats),
    create: (values: Milestone) =>
      called("milestones.create", () => {
        const { estimated_start: start, estimated_finish: finish } = values;
        const made = sprint(nextId(), values.name, start, finish);
        double.sprints.push(made);
        const { name, slug, id } = made;
        double.projects[0]!.milestones.push({ name, slug, id, closed: false });
        return made;
      }),
    update: (id: number, changes: Partial<Milestone>) =>
      called("milestones.update", () => Object.assign(find(id), changes)),
    delete: (id: number) =>
      called("milestones.delete", () => {
        find(id);
        double.sprints = double.sprints.filter((one) => one.id !== id);
      }),
  };
}

/** `/wiki` */
export function createWikiPages({ double, called }: Backend) {
  return {
    list: (_filter: Filter, page: object) =>
      called("wikiPages.list", () => pageOf(double.pages, page)),
    getBySlug: (projectId: number, slug: string) =>
      called("wikiPages.getBySlug", () => {
        const found = double.pages.find((one) => one.slug === slug && one.project === projectId);
        if (found === undefined) throw missing();
        return found;
      }),
    update: (id: number, _changes: object) =>
      called("wikiPages.update", () => {
        const page = double.pages.find((one) => one.id === id)!;
        page.version += 1;
        return page;
      }),
    delete: (id: number) =>
      called("wikiPages.delete", () => {
        double.pages = double.pages.filter((one) => one.id !== id);
      }),
  };
}
