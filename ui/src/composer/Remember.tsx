interface Props {
  remembers: boolean;
  onChange: (remembers: boolean) => void;
}

/** Whether what comes of a job is to be found again. */
export function Remember({ remembers, onChange }: Props) {
  return (
    <div>
      <label className="flex items-center gap-2 text-sm">
        <input
          type="checkbox"
          checked={remembers}
          onChange={(event) => onChange(event.target.checked)}
          aria-describedby="remember-help"
          className="size-4 accent-accent"
        />
        Remember what comes of it
      </label>
      <p id="remember-help" className="mt-1 text-xs text-quiet">
        What is heard, seen and read can be found again in the memory, as long as the job is there.
      </p>
    </div>
  );
}
