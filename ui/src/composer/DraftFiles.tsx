import { FileText, Film, Image, type LucideIcon, Music, RotateCcw, X } from "lucide-react";
import type { ApiProblem } from "@/api/problem";
import type { StoredFile } from "@/api/types";
import { ProgressBar } from "@/ui/Bar";
import { Button, IconButton } from "@/ui/Button";
import { bytes } from "@/ui/format";
import { kindOfFile } from "@/ui/mediaTypes";
import type { Upload, Uploads } from "./useUploads";

/** The draft's files: stored, on their way, and refused. */
export function DraftFiles({ uploads }: { uploads: Uploads }) {
  if (!uploads.stored.length && !uploads.pending.length) return null;
  return (
    <ul aria-label="Files of this draft" className="mt-4 divide-y divide-line rounded-xl border border-line">
      {uploads.stored.map((file) => (
        <StoredRow key={file.id} file={file} onRemove={() => uploads.discard(file.id)} />
      ))}
      {uploads.pending.map((upload) => (
        <PendingRow
          key={upload.key}
          upload={upload}
          onDismiss={() => uploads.dismiss(upload.key)}
          onRetry={() => uploads.retry(upload.key)}
        />
      ))}
    </ul>
  );
}

function StoredRow({ file, onRemove }: { file: StoredFile; onRemove: () => void }) {
  return (
    <li className="flex items-center gap-3 p-2.5">
      <Thumbnail file={file} />
      <div className="min-w-0 flex-1">
        <p className="truncate text-sm font-medium">{file.name}</p>
        <p className="text-xs text-quiet">
          {kindOfFile(file.media_type)}, {bytes(file.size_bytes)}
        </p>
        {file.media_type.startsWith("audio/") && (
          // biome-ignore lint/a11y/useMediaCaption: the user's own recording; its words are what the job will find
          <audio
            controls
            preload="none"
            src={file.url}
            aria-label={`Listen to ${file.name}`}
            className="mt-1 h-9 w-full max-w-sm"
          />
        )}
      </div>
      <IconButton icon={X} label={`Remove ${file.name}`} onClick={onRemove} />
    </li>
  );
}

const ICONS: Record<string, LucideIcon> = { audio: Music, image: Image, video: Film };

function Thumbnail({ file }: { file: StoredFile }) {
  const Icon = ICONS[file.media_type.split("/", 1)[0] ?? ""] ?? FileText;
  if (["image/png", "image/jpeg", "image/webp", "image/gif"].includes(file.media_type))
    return <img src={file.url} alt="" className="size-11 rounded-md border border-line object-cover" />;
  return (
    <span className="grid size-11 place-items-center rounded-md bg-sunken text-quiet">
      <Icon aria-hidden="true" className="size-5" />
    </span>
  );
}

interface PendingProps {
  upload: Upload;
  onDismiss: () => void;
  onRetry: () => void;
}

function PendingRow({ upload, onDismiss, onRetry }: PendingProps) {
  const { file, fraction, problem } = upload;
  return (
    <li className="flex items-center gap-3 p-2.5">
      <div className="min-w-0 flex-1 text-sm">
        <p className="truncate font-medium">{file.name}</p>
        {problem ? (
          <p role="alert" className="text-bad">
            {isNoAnswer(problem) ? "Not sent" : "Refused"}: {problem.message}{" "}
            <code className="text-xs">{problem.code}</code>
          </p>
        ) : (
          <>
            <p className="mb-1 text-xs text-quiet">
              Uploading, {Math.round(fraction * 100)} % of {bytes(file.size)}
            </p>
            <ProgressBar fraction={fraction} label={`Upload of ${file.name}`} />
          </>
        )}
      </div>
      {problem && isNoAnswer(problem) && (
        <Button icon={RotateCcw} aria-label={`Retry ${file.name}`} onClick={onRetry}>
          Retry
        </Button>
      )}
      <IconButton
        icon={X}
        label={problem ? `Dismiss ${file.name}` : `Cancel the upload of ${file.name}`}
        onClick={onDismiss}
      />
    </li>
  );
}

/** The server was away, full or had trouble of its own: the same file may be taken later. */
const isNoAnswer = ({ status }: ApiProblem) => status === 0 || status === 429 || status >= 500;
