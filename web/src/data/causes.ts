// Causes of delay: the words of the document, what they mean, and their colour. Colours repeat by kind of cause, since no
// palette keeps eleven apart for everyone; labels stand beside every bar.

export interface Cause {
  word: string;
  label: string;
  meaning: string;
  tone: number; // class tone-N of the style sheet
}

export const CAUSES: readonly Cause[] = [
  { word: "grid", label: "grid", meaning: "the utility connection or its transformers were not there", tone: 1 },
  { word: "money", label: "money", meaning: "funds, pledges, loans or a covenant did not allow it", tone: 2 },
  { word: "chips", label: "chips", meaning: "accelerators were not delivered", tone: 3 },
  { word: "consent", label: "consent", meaning: "parties had not agreed", tone: 4 },
  { word: "work", label: "electrical work", meaning: "electrical work, fit-out or commissioning took longer", tone: 5 },
  { word: "shell", label: "shell", meaning: "land, civil works or the shell took longer", tone: 6 },
  { word: "permit", label: "permit", meaning: "an authority had not allowed it", tone: 7 },
  { word: "cooling", label: "cooling", meaning: "the cooling plant took longer or failed", tone: 8 },
  { word: "crews", label: "crews", meaning: "no crew was free", tone: 8 },
  { word: "generation", label: "generation", meaning: "on-site generation was not there", tone: 8 },
  { word: "demand", label: "demand", meaning: "nobody wanted the capacity", tone: 8 },
];

export function causeOf(word: string): Cause {
  return CAUSES.find((cause) => cause.word === word) ?? { word, label: word, meaning: "", tone: 8 };
}

export interface Share {
  cause: Cause;
  share: number;
}

/** Causes by falling share, without "none" and without those below `least`. */
export function ranked(shares: Readonly<Record<string, number | null>>, least = 0.005): Share[] {
  return Object.entries(shares)
    .filter(([word, share]) => word !== "none" && share !== null && share >= least)
    .map(([word, share]) => ({ cause: causeOf(word), share: share ?? 0 }))
    .sort((a, b) => b.share - a.share);
}
