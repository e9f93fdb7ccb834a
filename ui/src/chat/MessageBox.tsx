import { type KeyboardEvent, useEffect, useLayoutEffect, useRef } from "react";

const TALLEST_PX = 320;

interface Props {
  text: string;
  isReadOnly: boolean;
  onChange: (text: string) => void;
}

/** Where a question is written: it grows with its lines. Enter sends its form, Shift and Enter begin a line. */
export function MessageBox({ text, isReadOnly, onChange }: Props) {
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => box.current?.focus({ preventScroll: true }), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useLayoutEffect(() => {
    if (!box.current) return;
    box.current.style.height = "auto";
    box.current.style.height = `${Math.min(box.current.scrollHeight + 2, TALLEST_PX)}px`;
  }, [text]);
  const onKey = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // While an input method composes a word, Enter ends that.
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    event.currentTarget.form?.requestSubmit();
  };
  return (
    <textarea
      ref={box}
      aria-label="Message"
      aria-keyshortcuts="Enter"
      rows={1}
      value={text}
      readOnly={isReadOnly}
      placeholder="Ask something"
      onChange={({ target }) => onChange(target.value)}
      onKeyDown={onKey}
      className="field resize-none overflow-y-auto border-transparent placeholder:text-quiet"
    />
  );
}
