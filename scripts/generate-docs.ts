// Writes the pages that are generated from the code: docs/configuration.md, docs/tools.md, .env.example.
import { writeFileSync } from "node:fs";
import { generatedPages } from "./generated-pages.ts";

for (const [file, text] of Object.entries(await generatedPages())) writeFileSync(file, text);
