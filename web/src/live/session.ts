// What the page knows: the open programme, the variant being tried, what the server said of it, the variant kept as A.
// Parts of the page listen to topics and change the variant through the methods here; none calls another.
import type { DocumentInput, RunDocument } from "../data/document.ts";
import { tellingPromise } from "../data/derive.ts";
import { ApiError, check, mistakes, type Diagnostic, type Programme, type Value } from "./api.ts";
import { encode, type Variant } from "./link.ts";
import { Runner, type RunState } from "./runner.ts";
import type { Schema } from "./schema.ts";
import { apply, editFor, find, parseYaml, type YamlNode } from "./yamltree.ts";

export type Topic = "variant" | "yaml" | "inputs" | "diagnostics" | "run" | "doc" | "kept" | "promise";

// Among hundreds of inputs some correlate with anything by chance, the more the fewer scenarios there are.
const enough = 500;

export class Session {
  tree: YamlNode[] = [];
  inputs: DocumentInput[] = []; // of the YAML as it is written, before overrides
  values: Value[] = []; // the same, and all that the catalogue and the defaults add
  diagnostics: Diagnostic[] = [];
  state: RunState = { phase: "loading" };
  doc: RunDocument | null = null;
  ranks: RunDocument | null = null; // the last document of enough scenarios to tell which inputs matter
  runId: number | null = null; // of the last finished run: what can be downloaded
  kept: { doc: RunDocument; variant: Variant } | null = null;
  promise: string | null = null;

  private readonly listeners = new Map<Topic, (() => void)[]>();
  private readonly runner: Runner;
  private timer = 0;
  private asked: AbortController | null = null;
  private ranAt = 0;
  private readonly page = Math.random().toString(36).slice(2);

  constructor(
    readonly programme: Programme,
    readonly schema: Schema,
    public variant: Variant,
  ) {
    this.runner = new Runner({
      state: (state) => {
        if (state.phase === "failed" && state.error.diagnostics.length > 0) {
          this.diagnostics = state.error.diagnostics;
          this.tell("diagnostics");
        }
        this.state = state;
        this.tell("run");
      },
      saved: (id) => (this.runId = id),
      result: (doc) => {
        this.doc = doc;
        if (doc.scenarios >= enough || doc.scenarios === this.variant.scenarios) this.ranks = doc;
        if (this.promise === null || !doc.promises.some((p) => p.id === this.promise)) this.promise = tellingPromise(doc.promises)?.id ?? null;
        this.tell("doc");
      },
    });
    this.tree = parseYaml(variant.yaml);
    this.remember();
  }

  on(topic: Topic, listener: () => void): void {
    const list = this.listeners.get(topic) ?? [];
    list.push(listener);
    this.listeners.set(topic, list);
  }

  private tell(topic: Topic): void {
    for (const listener of this.listeners.get(topic) ?? []) listener();
  }

  // ---- the variant ------------------------------------------------------------------------------------------------

  override(path: string): string | null {
    return this.variant.set.find((s) => s.path === path)?.value ?? null;
  }

  // Null takes the override back.
  setValue(path: string, value: string | null): void {
    if (this.override(path) === value) return;
    const others = this.variant.set.filter((s) => s.path !== path);
    const at = this.variant.set.findIndex((s) => s.path === path);
    if (value === null) this.variant.set = others;
    else this.variant.set = at < 0 ? [...others, { path, value }] : this.variant.set.map((s) => (s.path === path ? { path, value } : s));
    this.changed(120);
  }

  clearSet(): void {
    this.variant.set = [];
    this.changed(0);
  }

  setOptions(options: Partial<Pick<Variant, "seed" | "scenarios" | "without">>): void {
    Object.assign(this.variant, options);
    this.changed(0);
  }

  setYaml(yaml: string): void {
    if (yaml === this.variant.yaml) return;
    this.variant.yaml = yaml;
    this.tree = parseYaml(yaml);
    this.tell("yaml");
    this.remember();
    this.later(350, () => void this.checkAndRun());
  }

  // Overrides become text where the file has a place for them; the others stay overrides.
  writeIntoYaml(paths: string[]): void {
    let yaml = this.variant.yaml;
    const written = new Set<string>();
    for (const { path, value } of this.variant.set.filter((s) => paths.includes(s.path))) {
      const edit = editFor(yaml, path, value);
      if (edit === null) continue;
      yaml = apply(yaml, edit);
      written.add(path);
    }
    this.variant.set = this.variant.set.filter((s) => !written.has(s.path));
    this.tell("variant");
    this.setYaml(yaml);
  }

  canWrite(path: string, value: string): boolean {
    return editFor(this.variant.yaml, path, value) !== null;
  }

  restore(variant: Variant): void {
    this.variant = structuredClone(variant);
    this.tree = parseYaml(variant.yaml);
    this.tell("yaml");
    this.tell("variant");
    this.remember();
    void this.checkAndRun();
  }

  // The path under which the file states, or can state, what a copy of a row has: more-2 is a copy of more, which may be
  // like another row. What no row of the file says is said in the last of them, which all that are like it follow.
  settable(path: string): string {
    if (find(this.tree, path) !== null) return path;
    const [group = "", row = "", ...rest] = path.split(".");
    let name = find(this.tree, `${group}.${row}`) !== null ? row : row.replace(/-\d+$/, "");
    for (let hops = 0; hops < 8; hops++) {
      if (find(this.tree, `${group}.${name}`) === null) return path;
      const here = [group, name, ...rest].join(".");
      const like = find(this.tree, `${group}.${name}.like`);
      if (like === null || find(this.tree, here) !== null) return here;
      name = this.variant.yaml.slice(like.from, like.to);
    }
    return path;
  }

  // ---- runs -------------------------------------------------------------------------------------------------------

  // A first change runs at once; those of a slider that is being dragged, so often and no oftener.
  private changed(pause: number): void {
    this.tell("variant");
    this.remember();
    const left = this.ranAt + pause - performance.now();
    if (left <= 0) this.run();
    else this.later(left, () => this.run());
  }

  private later(wait: number, then: () => void): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(then, wait);
  }

  run(): void {
    clearTimeout(this.timer);
    if (this.variant.yaml.trim() === "") {
      this.runner.cancel();
      this.state = { phase: "empty" };
      return this.tell("run");
    }
    if (this.diagnostics.length > 0) {
      this.diagnostics = [];
      this.tell("diagnostics");
    }
    this.start(performance.now());
  }

  private start(began: number): void {
    this.ranAt = performance.now();
    this.runner.start({ ...structuredClone(this.variant), page: this.page }, began);
  }

  cancel(): boolean {
    clearTimeout(this.timer);
    return this.runner.cancel();
  }

  // Checks the YAML, then runs it; or both at once where it is likely to be right, for an earlier answer.
  async checkAndRun(atOnce = false): Promise<void> {
    this.asked?.abort();
    const asked = (this.asked = new AbortController()), began = performance.now();
    if (atOnce || this.variant.yaml.trim() === "") this.run();
    if (this.variant.yaml.trim() === "") return;
    try {
      const answer = await check(this.variant.yaml, [], asked.signal);
      if (asked.signal.aborted) return;
      const wrong = answer.diagnostics.filter((d) => d.severity === "error");
      if (wrong.length === 0) {
        this.inputs = answer.inputs ?? [];
        this.values = answer.values;
      }
      this.diagnostics = answer.diagnostics;
      this.tell("inputs");
      this.tell("diagnostics");
      if (wrong.length > 0) return this.fail(mistakes(wrong));
      if (!atOnce) this.start(began);
    } catch (cause) {
      if (!asked.signal.aborted) this.fail(cause instanceof ApiError ? cause : new ApiError(0, String(cause), ""));
    }
  }

  private fail(error: ApiError): void {
    this.runner.cancel();
    this.state = { phase: "failed", error };
    this.tell("run");
  }

  // ---- compare, promise, memory -----------------------------------------------------------------------------------

  keep(): void {
    if (this.doc === null) return;
    this.kept = { doc: this.doc, variant: structuredClone(this.variant) };
    this.tell("kept");
  }

  unkeep(): void {
    this.kept = null;
    this.tell("kept");
  }

  choose(promise: string): void {
    if (promise === this.promise) return;
    this.promise = promise;
    this.tell("promise");
  }

  private remember(): void {
    void encode(this.variant).then((text) => {
      try {
        sessionStorage.setItem(memoryKey(this.programme), text);
      } catch {
        // Storage may be full or forbidden; a reload then opens the programme as it is.
      }
    });
  }
}

// The tab's memory holds for the very file that was served: another text is another programme.
export function memoryKey(programme: Programme): string {
  let hash = 0;
  for (let i = 0; i < programme.yaml.length; i++) hash = (Math.imul(hash, 31) + programme.yaml.charCodeAt(i)) | 0;
  return `stargate:${programme.name ?? ""}:${hash}`;
}
