// Runs a variant: the server sends a first answer from a small ensemble, then better ones. A newer start ends what was running.
import type { RunDocument } from "../data/document.ts";
import { ApiError, cancelRun, listen, startRun, type RunRequest } from "./api.ts";

export type RunState =
  | { phase: "loading" | "empty" }
  | { phase: "running"; done: number; total: number; firstMs: number | null }
  | { phase: "done"; total: number; seconds: number; firstMs: number | null }
  | { phase: "cancelled"; done: number; total: number }
  | { phase: "failed"; error: ApiError };

export interface RunnerEvents {
  state(state: RunState): void;
  result(doc: RunDocument): void;
  saved(id: number): void; // the run with this id has ended, and can be downloaded
}

interface Current {
  abort: AbortController;
  id: number | null;
  done: number;
  total: number;
  leave(): void;
}

export class Runner {
  private current: Current | null = null;

  constructor(private readonly to: RunnerEvents) {}

  // `began`: when the user asked, by performance.now(); the first answer's time counts from there.
  start(run: RunRequest, began: number): void {
    this.drop();
    const me: Current = { abort: new AbortController(), id: null, done: 0, total: run.scenarios, leave: () => {} };
    this.current = me;
    let firstMs: number | null = null;
    const running = (): void => this.to.state({ phase: "running", done: me.done, total: me.total, firstMs });
    const end = (state: RunState): void => {
      this.current = null;
      this.to.state(state);
    };
    running();
    startRun(run, me.abort.signal).then(
      ({ id }) => {
        if (this.current !== me) return void cancelRun(id).catch(() => {});
        me.id = id;
        me.leave = listen(id, {
          progress: (done) => {
            me.done = Math.max(me.done, done);
            running();
          },
          result: (doc) => {
            me.done = Math.max(me.done, doc.scenarios);
            this.to.result(doc);
            firstMs ??= performance.now() - began; // by now it is drawn
            running();
          },
          done: (_, seconds) => {
            this.to.saved(id);
            end({ phase: "done", total: me.total, seconds, firstMs });
          },
          cancelled: () => end({ phase: "cancelled", done: me.done, total: me.total }),
          failed: (error) => end({ phase: "failed", error }),
        });
      },
      (cause: unknown) => {
        if (this.current === me) end({ phase: "failed", error: cause instanceof ApiError ? cause : new ApiError(0, String(cause), "") });
      },
    );
  }

  cancel(): boolean {
    const me = this.current;
    if (me === null) return false;
    this.drop();
    this.to.state({ phase: "cancelled", done: me.done, total: me.total });
    return true;
  }

  private drop(): void {
    const old = this.current;
    this.current = null;
    if (old === null) return;
    old.abort.abort();
    old.leave();
    if (old.id !== null) void cancelRun(old.id).catch(() => {}); // it may have ended meanwhile
  }
}
