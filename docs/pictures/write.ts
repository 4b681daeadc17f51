// npm run pictures: draws the pictures of the guide, and writes the table of its figures.
import { readFileSync, writeFileSync } from "node:fs";
import { withFigures } from "./figures.ts";
import { pictures } from "./pictures.ts";

const page = new URL("../choosing-an-algorithm.md", import.meta.url);
for (const [name, svg] of await pictures()) writeFileSync(new URL(name, import.meta.url), svg);
writeFileSync(page, withFigures(readFileSync(page, "utf8")));
