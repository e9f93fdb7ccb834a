/** What is asked of the memory stands in the page's address, so that it can be shared and "back" returns to it. */
import { useLocation, useSearchParams } from "react-router";
import type { Asked } from "@/api/memory";
import { KIND_NAMES, MODALITY_NAMES } from "./words";

const LONGEST = 1500; // characters of an address that a question may take; servers refuse addresses beyond 4,000
const LISTS = ["modality", "kind", "language", "tag", "source"] as const;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

export const NOTHING_ASKED: Asked = {
  q: "",
  modality: [],
  kind: [],
  language: [],
  tag: [],
  source: [],
  collection: null,
  since: null,
  until: null,
  pinned: false,
};

/** What is asked now, and a function that asks something else; a new question is a new entry of the history. */
export function useAsked(): [Asked, (asked: Asked, options?: { replace: boolean }) => void] {
  const [search, setSearch] = useSearchParams();
  const { state } = useLocation();
  const kept = typeof state?.q === "string" ? state.q : ""; // a question that is too long for an address
  const ask = (asked: Asked, { replace } = { replace: false }) => {
    const isLong = encodeURIComponent(asked.q).length > LONGEST;
    setSearch(addressOf(isLong ? { ...asked, q: "" } : asked), { replace, state: isLong ? { q: asked.q } : null });
  };
  return [{ ...askedIn(search), q: search.get("q") ?? kept }, ask];
}

/** What the address asks for; what it does not know is passed over. */
export function askedIn(search: URLSearchParams): Asked {
  const day = (name: string) => (isDay(search.get(name)) ? search.get(name) : null);
  return {
    q: search.get("q") ?? "",
    modality: MODALITY_NAMES.filter((one) => search.getAll("modality").includes(one)),
    kind: KIND_NAMES.filter((one) => search.getAll("kind").includes(one)),
    language: search.getAll("language"),
    tag: search.getAll("tag"),
    source: search.getAll("source"),
    collection: search.get("collection"),
    since: day("since"),
    until: day("until"),
    pinned: search.get("pinned") === "true",
  };
}

const isDay = (text: string | null) => text !== null && DAY.test(text) && !Number.isNaN(Date.parse(text));

export function addressOf(asked: Asked): URLSearchParams {
  const search = new URLSearchParams();
  if (asked.q) search.set("q", asked.q);
  for (const name of LISTS) for (const value of asked[name]) search.append(name, value);
  for (const name of ["collection", "since", "until"] as const) if (asked[name]) search.set(name, asked[name]);
  if (asked.pinned) search.set("pinned", "true");
  return search;
}

/** The page of the search for this, to link to. */
export const searchLink = (part: Partial<Asked>): string => `/memory?${addressOf({ ...NOTHING_ASKED, ...part })}`;

/** How many filters are set. */
export const filtersIn = (asked: Asked): number =>
  LISTS.filter((name) => asked[name].length > 0).length +
  [asked.collection, asked.since ?? asked.until, asked.pinned].filter(Boolean).length;
