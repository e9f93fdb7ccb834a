import { Link } from "react-router";
import type { Citation } from "@/api/types";
import { placeLink } from "@/memory/placeLink";

const LOOK = "text-accent underline underline-offset-4";

interface Props {
  citation: Citation;
  /** What the link is called where it opens the source at its place, and where it can only be downloaded. */
  opens: string;
  downloads: string;
}

/** The way to a cited source; that there is none where the source was deleted. */
export function SourceLink({ citation, opens, downloads }: Props) {
  const { gone, file_id, title } = citation;
  if (gone) return <span className="text-quiet">{title} was deleted.</span>;
  const to = placeLink(citation);
  if (to !== null)
    return (
      <Link to={to} className={LOOK}>
        {opens}
      </Link>
    );
  if (file_id === null) return title;
  return (
    <a href={`/api/v1/files/${encodeURIComponent(file_id)}/content`} download={title} className={LOOK}>
      {downloads}
    </a>
  );
}
