// A variant as text: what a link after # and the tab's own memory hold. JSON, deflated, base64 for addresses.
import type { SetItem } from "./api.ts";

export interface Variant {
  yaml: string;
  set: SetItem[];
  seed: number;
  scenarios: number;
  without: boolean;
}

const prefix = "v=";

async function through(bytes: Uint8Array<ArrayBuffer>, by: CompressionStream | DecompressionStream): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(by)).arrayBuffer());
}

export async function encode(variant: Variant): Promise<string> {
  const packed = await through(new TextEncoder().encode(JSON.stringify(variant)), new CompressionStream("deflate-raw"));
  let binary = "";
  for (const byte of packed) binary += String.fromCharCode(byte);
  return prefix + btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

// Null for a fragment that holds no variant, or one that is damaged.
export async function decode(fragment: string): Promise<Variant | null> {
  const text = fragment.replace(/^#/, "");
  if (!text.startsWith(prefix)) return null;
  try {
    const binary = atob(text.slice(prefix.length).replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = await through(Uint8Array.from(binary, (c) => c.charCodeAt(0)), new DecompressionStream("deflate-raw"));
    return checked(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return null;
  }
}

// A link is input from outside: every part has the type that it must have, or the link is no link.
function checked(from: unknown): Variant | null {
  const v = from as Partial<Variant> | null;
  const whole = (n: unknown): n is number => typeof n === "number" && Number.isSafeInteger(n) && n >= 0;
  if (typeof v?.yaml !== "string" || !whole(v.seed) || !whole(v.scenarios) || typeof v.without !== "boolean" || !Array.isArray(v.set)) return null;
  if (!v.set.every((s) => typeof s?.path === "string" && typeof s.value === "string")) return null;
  return { yaml: v.yaml, set: v.set.map(({ path, value }) => ({ path, value })), seed: v.seed, scenarios: v.scenarios, without: v.without };
}
