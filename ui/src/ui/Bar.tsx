/** How far something is. `fraction` null: under way, nobody knows how far. */
export function ProgressBar({ fraction, label }: { fraction: number | null; label: string }) {
  const percent = fraction === null ? null : Math.round(fraction * 100);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(percent !== null && { "aria-valuenow": percent })}
      className="h-1.5 w-full overflow-hidden rounded-full bg-sunken"
    >
      <div
        className={`h-full rounded-full bg-accent transition-[width] ${percent === null ? "w-1/3 animate-pulse" : ""}`}
        style={percent === null ? undefined : { width: `${percent}%` }}
      />
    </div>
  );
}

/** A share of one as a bar beside its number. */
export function ScoreBar({ name, share, colour = "bg-picture" }: { name: string; share: number; colour?: string }) {
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_minmax(4rem,8rem)_3.5rem] items-center gap-3 py-1 text-sm">
      <span>{name}</span>
      <span aria-hidden="true" className="h-2 overflow-hidden rounded-full bg-sunken">
        <span className={`block h-full rounded-full ${colour}`} style={{ width: `${share * 100}%` }} />
      </span>
      <span className="text-right whitespace-nowrap text-quiet tabular-nums">{(share * 100).toFixed(1)} %</span>
    </li>
  );
}
