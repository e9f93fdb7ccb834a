const PLACES = ["https:", "http:", "mailto:"];

/** An address that a browser may open; anything else (`javascript:`, say, or a page of ours) is none. */
export const addressed = (url: string): string | null =>
  URL.canParse(url) && PLACES.includes(new URL(url).protocol) ? url : null;
