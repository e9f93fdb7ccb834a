import { Link } from "react-router";
import type { RememberedSource, Source } from "@/api/types";
import { count, moment } from "@/ui/format";
import { kindOfFile } from "@/ui/mediaTypes";
import { CollectionPicker } from "./CollectionPicker";
import { Preview } from "./Preview";
import { TagEditor } from "./TagEditor";

export const sourceLink = (id: string): string => `/memory/sources/${encodeURIComponent(id)}`;

/** What a source is, in words: a job that needed no file, or was remembered for what it wrote, is told as such. */
export const kindOfSource = ({ file_id, media_type }: Source): string =>
  file_id === null ? "What a job wrote" : kindOfFile(media_type);

/** A source that is remembered: what it is, how much of it, its tags and collections. */
export function SourceRow({ remembered: { source, memories, modalities } }: { remembered: RememberedSource }) {
  return (
    <li className="flex gap-3 rounded-xl border border-line bg-panel p-3 sm:gap-4 sm:p-4">
      <Preview modality={modalities[0] ?? "text"} source={source} />
      <div className="min-w-0 flex-1 space-y-2">
        <div>
          <h3 className="font-medium">
            <Link to={sourceLink(source.id)} className="underline-offset-4 hover:underline">
              {source.title}
            </Link>
          </h3>
          <p className="text-sm text-quiet">
            {kindOfSource(source)}, {count(memories, "memory", "memories")},{" "}
            <time dateTime={source.created_at}>{moment(source.created_at)}</time>
          </p>
        </div>
        <TagEditor source={source} />
        <CollectionPicker source={source} />
      </div>
    </li>
  );
}
