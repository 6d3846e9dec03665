import { z } from "zod";
import { defineTool, READS } from "../../tool/define-tool.ts";

export default defineTool({
  name: "get_time",
  title: "What time is it",
  description:
    "Read the server's date and time (UTC), by which current, next and overdue are decided.",
  access: "read",
  annotations: READS,
  inputSchema: z.strictObject({}),
  outputSchema: z.object({ time: z.string(), weekday: z.string() }),
  async handler(_input, { clock }) {
    const now = new Date(clock() * 1_000);
    const time = now.toISOString().slice(0, 19).replace("T", " ");
    const weekday = now.toLocaleDateString("en", { weekday: "long", timeZone: "UTC" });
    return {
      text: `${weekday}, ${time} UTC`,
      data: { time: `${now.toISOString().slice(0, 19)}Z`, weekday },
    };
  },
});
