import { Paperclip } from "lucide-react";
import { Link } from "react-router";
import { contentUrl } from "@/api/files";
import type { ChatMessage } from "@/api/types";
import { named } from "@/ui/Gone";
import { DRAWN } from "@/viewers/drawn";
import { fileAddress } from "@/viewers/placeAddress";

/** What came with a message: pictures seen, sound to hear, the rest by name. */
export function MessageFiles({ files }: { files: ChatMessage["files"] }) {
  if (!files.length) return null;
  return (
    <ul aria-label="Attachments" className="mt-2 flex flex-wrap gap-2">
      {files.map((file, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a message's files never change their places
        <li key={place} className="max-w-full">
          <Attachment file={file} />
        </li>
      ))}
    </ul>
  );
}

function Attachment({ file: { file_id, name, media_type } }: { file: ChatMessage["files"][number] }) {
  if (file_id === null) return <Named name={`${name} (deleted)`} />;
  const url = contentUrl(file_id);
  if (DRAWN.includes(media_type))
    return (
      <Link to={fileAddress(file_id)} {...named(name)} className="block">
        <img src={url} alt={name} className="max-h-40 max-w-full rounded-lg border border-line object-contain" />
      </Link>
    );
  if (media_type.startsWith("audio/"))
    return (
      // biome-ignore lint/a11y/useMediaCaption: the user's own recording; its words become the message's text
      <audio controls preload="none" src={url} aria-label={`Player of ${name}`} className="h-10 w-72 max-w-full" />
    );
  return (
    <Link to={fileAddress(file_id)} {...named(name)} className="underline-offset-4 hover:underline">
      <Named name={name} />
    </Link>
  );
}

function Named({ name }: { name: string }) {
  return (
    <span className="inline-flex max-w-full items-center gap-1.5 rounded-lg border border-line bg-paper px-2 py-1 text-sm">
      <Paperclip aria-hidden="true" className="size-4 shrink-0 text-quiet" />
      <span className="truncate">{name}</span>
    </span>
  );
}
