// Writes the files that are generated from the code: pages, .env.example and the layer rules for lint.
import { writeFileSync } from "node:fs";
import { generatedPages } from "./generated-pages.ts";

for (const [file, text] of Object.entries(await generatedPages())) writeFileSync(file, text);
