import { Tag } from "lucide-react";
import { Link } from "react-router";
import { searchLink } from "./useAsked";

/** A source's tags; each leads to what else has it. */
export function TagList({ tags }: { tags: readonly string[] }) {
  if (tags.length === 0) return null;
  return (
    <ul aria-label="Tags" className="flex flex-wrap gap-1.5 text-xs">
      {tags.map((tag) => (
        <li key={tag}>
          <Link
            to={searchLink({ tag: [tag] })}
            aria-label={`All with the tag ${tag}`}
            className="inline-flex items-center gap-1 rounded-full border border-line px-2 py-0.5 text-quiet hover:text-ink"
          >
            <Tag aria-hidden="true" className="size-3" />
            {tag}
          </Link>
        </li>
      ))}
    </ul>
  );
}
