interface Props {
  text: string;
  onChange: (text: string) => void;
  onSubmit: () => void;
}

/** Text to work on, pasted or written. */
export function TextPanel({ text, onChange, onSubmit }: Props) {
  return (
    <div>
      <label htmlFor="draft-text" className="mb-1 block text-sm font-medium">
        Text to work on
      </label>
      <textarea
        id="draft-text"
        value={text}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) onSubmit();
        }}
        rows={8}
        placeholder="Paste or write the text here."
        aria-describedby="draft-text-size"
        className="field resize-y placeholder:text-quiet"
      />
      <p id="draft-text-size" className="mt-1 text-xs text-quiet">
        {text.length.toLocaleString()} characters. Ctrl + Enter runs it.
      </p>
    </div>
  );
}
