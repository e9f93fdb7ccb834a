import { Link } from "react-router";
import type { Citation } from "@/api/types";
import { named } from "@/ui/Gone";

const LOOK = "text-accent underline underline-offset-4";

interface Props {
  citation: Citation;
  /** What the link is called. */
  opens: string;
}

/** The way to a cited source; that there is none where the source was deleted. */
export function SourceLink({ citation: { gone, link, title }, opens }: Props) {
  if (gone) return <span className="text-quiet">{title} was deleted.</span>;
  if (link === null) return title;
  return (
    <Link to={link} {...named(title)} className={LOOK}>
      {opens}
    </Link>
  );
}
