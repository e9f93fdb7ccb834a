import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { useAnnounce } from "@/ui/Announcer";
import { Button } from "@/ui/Button";

/** Copies the text; `what` completes "Copy …". */
export function CopyButton({ text, what = "text" }: { text: string; what?: string }) {
  const announce = useAnnounce();
  const [copied, setCopied] = useState<string | null>(null);
  if (!navigator.clipboard) return null; // only https:// and localhost have one
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(text);
    announce("Copied.");
  };
  return (
    <Button icon={copied === text ? Check : Copy} onClick={() => void copy()}>
      {copied === text ? "Copied" : `Copy ${what}`}
    </Button>
  );
}
