import { Pin, PinOff } from "lucide-react";
import { pin } from "@/api/memory";
import { asProblem } from "@/api/problem";
import type { Memory } from "@/api/types";
import { Button } from "@/ui/Button";
import { useMemoryChange } from "./useMemoryChange";

/** Pinned memories can be listed by themselves. `title`: what it is of. */
export function PinButton({ memory, title }: { memory: Memory; title: string }) {
  const isPinned = memory.pinned_at !== null;
  const change = useMemoryChange(pin, ({ pinned_at }: Memory) =>
    pinned_at === null ? "Pinned." : "Not pinned any more.",
  );
  return (
    <>
      <Button
        look="quiet"
        icon={isPinned ? PinOff : Pin}
        disabled={change.isPending}
        aria-label={`${isPinned ? "Unpin" : "Pin"}: ${title}`}
        onClick={() => change.mutate(memory)}
      >
        {isPinned ? "Unpin" : "Pin"}
      </Button>
      {change.error && (
        <p role="alert" className="w-full text-sm text-bad">
          {asProblem(change.error).message}
        </p>
      )}
    </>
  );
}
