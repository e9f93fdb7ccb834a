import { useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import { Link, useParams } from "react-router";
import { fileQuery } from "@/api/files";
import { asProblem } from "@/api/problem";
import { FileView } from "@/file/FileView";
import { Gone } from "@/ui/Gone";
import { ErrorNote, Loading } from "@/ui/Notes";
import { usePageTitle } from "@/ui/usePageTitle";

/** A stored file, open at the place that a hit or a citation led to. */
export function FileRoute() {
  const { id = "" } = useParams();
  const file = useQuery(fileQuery(id));
  const isGone = file.isError && asProblem(file.error).status === 404;
  usePageTitle(file.data?.name ?? "File");
  return (
    <main id="main" className="mx-auto max-w-7xl px-3 py-6 sm:px-6">
      <Link to="/memory" className="mb-4 inline-flex items-center gap-1.5 text-sm text-quiet hover:text-ink">
        <ArrowLeft aria-hidden="true" className="size-4" /> Memory
      </Link>
      {file.isPending && <Loading what="the file" />}
      {isGone && <Gone what="file" name={file.data?.name} />}
      {file.isError && !isGone && (
        <ErrorNote error={file.error} title="The file could not be loaded" onRetry={file.refetch} />
      )}
      {file.data && !isGone && <FileView file={file.data} />}
    </main>
  );
}
