import { Paperclip } from "lucide-react";
import { useRef } from "react";
import { IconButton } from "@/ui/Button";

interface Props {
  what?: string;
  onFiles: (files: Iterable<File>) => void;
}

/** Choose files to go with the question; they may be dropped or pasted as well. */
export function AttachButton({ what = "Attach files", onFiles }: Props) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <IconButton icon={Paperclip} label={what} onClick={() => input.current?.click()} />
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={what === "Attach files" ? "Files to attach" : what}
        onChange={({ target }) => {
          onFiles([...(target.files ?? [])]);
          target.value = "";
        }}
      />
    </>
  );
}
