import { Link } from "react-router";
import type { Citation } from "@/api/types";
import { placeLink } from "@/memory/placeLink";

const LOOK = "text-accent underline-offset-4 hover:underline";

/** The way to a cited source at its place; that there is none where the source was deleted. */
export function SourceLink({ citation, children }: { citation: Citation; children: string }) {
  const { gone, file_id, title } = citation;
  if (gone) return <span className="text-quiet">{children} (the source was deleted)</span>;
  const to = placeLink(citation);
  if (to !== null)
    return (
      <Link to={to} className={LOOK}>
        {children}
      </Link>
    );
  if (file_id === null) return children;
  return (
    <a href={`/api/v1/files/${encodeURIComponent(file_id)}/content`} download={title} className={LOOK}>
      {children}
    </a>
  );
}
