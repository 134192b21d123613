// The document that a report carries: gzip, then base64, in a script tag that is data to the browser.
import type { RunDocument } from "./document.ts";

export async function readEmbedded(): Promise<RunDocument> {
  const packed = document.getElementById("document")?.textContent?.trim();
  if (!packed) throw new Error("The file holds no run.");
  if (typeof DecompressionStream === "undefined") throw new Error("This browser is older than 2023 and cannot unpack the run.");
  const text = atob(packed);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text()) as RunDocument;
}
