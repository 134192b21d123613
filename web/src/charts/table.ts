// The numbers of a chart: as a table to read and as CSV to keep.
import { digits } from "../data/format.ts";
import { el } from "./dom.ts";

export type Cell = string | number | null;

export interface Table {
  columns: string[]; // with the unit where there is one
  rows: Cell[][];
  coarse?: (row: Cell[]) => boolean; // rows that stay when printed; without it the first twenty
  wide?: boolean; // too wide for paper: left out there
}

/** RFC 4180, and no cell that a spreadsheet would take for a formula. */
export function csv(table: Table): string {
  const cell = (value: Cell): string => {
    if (value === null) return "";
    if (typeof value === "number") return String(value);
    const safe = /^[=+@\t\r-]/.test(value) ? `'${value}` : value;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return [table.columns, ...table.rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

export function tableElement(table: Table, id: string, caption: string): HTMLTableElement {
  const head = el("tr", {}, table.columns.map((name) => el("th", { scope: "col" }, [name])));
  const body = table.rows.map((row, i) => {
    const stays = table.coarse ? table.coarse(row) : i < 20;
    return el("tr", stays ? {} : { class: "fine" }, row.map(cellElement));
  });
  return el("table", { "data-testid": `table-${id}`, class: table.wide ? "too-wide" : undefined }, [
    el("caption", { class: "unseen" }, [caption]),
    el("thead", {}, [head]),
    el("tbody", {}, body),
  ]);
}

// The value itself goes along, so that what is shown can be held against the run's JSON.
function cellElement(value: Cell, column: number): HTMLElement {
  if (typeof value === "number") return el("td", { class: "number", "data-value": String(value) }, [digits(value, 6)]);
  return column === 0 ? el("th", { scope: "row" }, [value ?? "–"]) : el("td", {}, [value ?? "–"]);
}

export function saveText(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = el("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
