// The report: one file that carries its own document.
import "./style.css";
import { readEmbedded } from "./data/embedded.ts";
import { el } from "./charts/dom.ts";
import { mountViews } from "./views/index.ts";

async function start(host: HTMLElement): Promise<void> {
  try {
    const doc = await readEmbedded();
    document.title = `${doc.programme}: what will really happen`;
    mountViews(host, doc, { live: false });
    document.documentElement.dataset["drawn"] = "yes";
  } catch (error) {
    host.replaceChildren(
      el("main", { class: "failure", role: "alert" }, [
        el("h1", {}, ["This report cannot be shown"]),
        el("p", {}, [String(error instanceof Error ? error.message : error)]),
        el("p", {}, ["Write it anew with: stargate run FILE --html PATH"]),
      ]),
    );
  }
}

const host = document.getElementById("app");
if (host) void start(host);
