import { useQuery } from "@tanstack/react-query";
import { textQuery } from "@/api/outputs";
import { ErrorNote, Loading } from "@/ui/Notes";
import { CopyButton } from "./CopyButton";
import type { ViewerProps } from "./viewer";

const SHOWN = 200_000; // characters; beyond, the page would crawl and the download is there

export function TextViewer({ output, job }: ViewerProps) {
  const text = useQuery(textQuery(output, job.attempt));
  if (text.isPending) return <Loading what={output.name} />;
  if (text.isError)
    return <ErrorNote error={text.error} title={`${output.name} could not be loaded`} onRetry={text.refetch} />;
  return (
    <div>
      <div className="mb-2 flex justify-end">
        <CopyButton text={text.data} />
      </div>
      <div className="max-w-prose whitespace-pre-wrap leading-relaxed">
        {text.data.slice(0, SHOWN) || "The text is empty."}
      </div>
      {text.data.length > SHOWN && <p className="mt-2 text-sm text-quiet">The rest is in the file.</p>}
    </div>
  );
}
