// Browser tests of the report and the page: node main.mjs PROGRAM PROGRAMME FOLDER ADDRESS [report|page]
import { failures, launch } from "./lib.mjs";
import { pageTests } from "./page.mjs";
import { reportTests } from "./report.mjs";

const [program, programme, folder, address, only = ""] = process.argv.slice(2);
const browser = await launch();
const all = { browser, program, programme, folder, address };
if (only !== "page") await reportTests(all);
if (only !== "report") await pageTests(all);
await browser.close();
process.exit(failures() === 0 ? 0 : 1);
