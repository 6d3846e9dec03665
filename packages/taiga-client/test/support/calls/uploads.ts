import { toFileContent } from "../../../src/multipart.ts";
import type { ListCall } from "./call.ts";

const file = toFileContent("log.txt", Buffer.from("one\n"), "text/plain");
const attachment = { projectId: 1, objectId: 2, file };

/** Calls that send a form with a file. */
export const UPLOADS: ListCall[] = [
  ["POST /userstories/attachments", (taiga) => taiga.attachments.create("userstory", attachment)],
  ["POST /tasks/attachments", (taiga) => taiga.attachments.create("task", attachment)],
  ["POST /issues/attachments", (taiga) => taiga.attachments.create("issue", attachment)],
  ["POST /epics/attachments", (taiga) => taiga.attachments.create("epic", attachment)],
  ["POST /wiki/attachments", (taiga) => taiga.attachments.create("wiki", attachment)],
  ["POST /projects/3/change_logo", (taiga) => taiga.projects.changeLogo(3, file)],
];
