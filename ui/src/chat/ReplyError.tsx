import { CircleX } from "lucide-react";
import type { ChatMessage } from "@/api/types";
import { adviceFor } from "@/job/advice";

/** Why there is no reply, or not all of it, and what helps. */
export function ReplyError({ error }: { error: NonNullable<ChatMessage["error"]> }) {
  return (
    <section aria-label="Error" className="flex gap-3 rounded-lg border border-bad bg-bad-soft p-3 text-sm">
      <CircleX aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-bad" />
      <div className="min-w-0">
        <p className="font-medium">{error.message}</p>
        <p className="mt-1 text-quiet">
          Code <code>{error.code}</code>. {adviceFor(error.code)}
        </p>
      </div>
    </section>
  );
}
