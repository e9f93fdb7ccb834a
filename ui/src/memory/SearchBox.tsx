import { ImageUp, Search, X } from "lucide-react";
import { type FormEvent, useEffect, useRef } from "react";
import { IconButton } from "@/ui/Button";

const CALM_MS = 300; // whoever types on is not asked for each letter

interface Props {
  q: string;
  /** `isTyped`: by typing on, rather than by Enter. */
  onAsk: (q: string, isTyped: boolean) => void;
  picture: File | null;
  onPicture: (picture: File | null) => void;
}

/** The question: words, a picture, or both. Typing asks after a moment, Enter at once. */
export function SearchBox({ q, onAsk, picture, onPicture }: Props) {
  const { box, send, sendSoon } = useBox(q, onAsk);
  const file = useRef<HTMLInputElement>(null);
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    send(false);
  };
  return (
    <search>
      <form onSubmit={onSubmit} className="flex items-center gap-2">
        <div className="relative min-w-0 flex-1">
          <Search aria-hidden="true" className="absolute top-1/2 left-3 size-5 -translate-y-1/2 text-quiet" />
          <input
            ref={box}
            type="search"
            defaultValue={q}
            onChange={sendSoon}
            aria-label="Search the memory"
            placeholder="What was said, read or seen"
            autoComplete="off"
            className="field h-12 pl-11! text-lg"
          />
        </div>
        <IconButton icon={ImageUp} label="Search with a picture" onClick={() => file.current?.click()} />
        <input
          ref={file}
          type="file"
          accept="image/*"
          hidden
          aria-label="The picture to search with"
          onChange={({ target }) => {
            onPicture(target.files?.[0] ?? null);
            target.value = ""; // the same file may be chosen again
          }}
        />
      </form>
      {picture && (
        <p className="mt-2 flex items-center gap-1 text-sm">
          Like the picture <strong className="font-medium">{picture.name}</strong>
          <IconButton
            icon={X}
            label={`Search without ${picture.name}`}
            onClick={() => {
              onPicture(null);
              box.current?.focus();
            }}
          />
        </p>
      )}
    </search>
  );
}

/**
 * The box keeps what is typed by itself: the address follows a moment later, while somebody types on, and what is on its
 * way there (`sent`) is no news when it arrives. A question that comes from elsewhere, such as "back", replaces the text.
 */
function useBox(q: string, onAsk: Props["onAsk"]) {
  const box = useRef<HTMLInputElement>(null);
  const sent = useRef<string[]>([]);
  const timer = useRef<number>();
  const latest = useRef({ q, onAsk });
  latest.current = { q, onAsk };
  useEffect(() => {
    const at = sent.current.indexOf(q);
    sent.current = sent.current.slice(at + 1);
    if (at >= 0 || !box.current) return;
    window.clearTimeout(timer.current);
    sent.current = [];
    box.current.value = q;
  }, [q]);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  const send = (isTyped: boolean) => {
    window.clearTimeout(timer.current);
    const asked = box.current?.value.trim() ?? "";
    if (asked === (sent.current.at(-1) ?? latest.current.q)) return;
    sent.current.push(asked);
    latest.current.onAsk(asked, isTyped);
  };
  const sendSoon = () => {
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => send(true), CALM_MS);
  };
  return { box, send, sendSoon };
}
