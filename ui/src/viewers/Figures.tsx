/** What was measured, each with its name. */
export function Figures({ rows }: { rows: readonly (readonly [name: string, value: string])[] }) {
  return (
    <dl aria-label="Figures" className="grid gap-x-8 text-sm sm:grid-cols-2">
      {rows.map(([name, value]) => (
        <div key={name} className="flex gap-3 border-t border-line py-1">
          <dt className="w-32 shrink-0 text-quiet">{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
