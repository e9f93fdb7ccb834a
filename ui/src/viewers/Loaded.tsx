import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { documentQuery } from "@/api/outputs";
import { ErrorNote, Loading } from "@/ui/Notes";
import type { ViewerProps } from "./viewer";

/** Fetch an output's document and show it, or say why it cannot be shown. */
export function Loaded<T>({ output, job, children }: ViewerProps & { children: (document: T) => ReactNode }) {
  const document = useQuery(documentQuery<T>(output, job.attempt));
  if (document.isPending) return <Loading what={output.name} />;
  if (document.isError)
    return <ErrorNote error={document.error} title={`${output.name} could not be loaded`} onRetry={document.refetch} />;
  return children(document.data);
}
