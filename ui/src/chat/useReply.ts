import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { refetchConversations } from "@/api/conversations";
import { jobQuery, partsQuery } from "@/api/jobs";
import type { ChatMessage, Job, Part } from "@/api/types";
import { isUnderWay as isRunning } from "@/jobs/states";
import { usePolling } from "@/live/usePolling";

export interface Reply {
  /** Its text so far. */
  text: string;
  isUnderWay: boolean;
  /** What writes it; null once it is written. */
  job: Job | null;
}

/** A reply as it stands: while it is being written its job's parts are its text, which the socket brings. */
export function useReply({ job_id, state, text }: ChatMessage): Reply {
  const client = useQueryClient();
  const polling = usePolling();
  const isUnderWay = state === "queued" || state === "running";
  const isFollowed = isUnderWay && job_id !== null;
  const refetchInterval = polling(isUnderWay);
  const job = useQuery({ ...jobQuery(job_id ?? ""), enabled: isFollowed, refetchInterval });
  const hasEnded = isUnderWay && job.data !== undefined && !isRunning(job.data);
  useEffect(() => {
    // Its end was told while the messages were on their way for the first time, and those do not know of it.
    if (hasEnded) refetchConversations(client);
  }, [hasEnded, client]);
  const { id, attempt } = job.data ?? { id: "", attempt: 0 };
  const parts = useQuery({ ...partsQuery({ id, attempt }, client), enabled: isFollowed && id !== "", refetchInterval });
  const written = parts.data?.length ? wordsOf(parts.data) : text;
  return { text: isUnderWay ? written : text, isUnderWay, job: isUnderWay ? (job.data ?? null) : null };
}

const wordsOf = (parts: readonly Part[]): string =>
  parts.map(({ kind, body }) => (kind === "token" ? String(body.text) : "")).join("");
