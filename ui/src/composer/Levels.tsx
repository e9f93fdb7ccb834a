const WIDTH = 60;

/** How loud it was lately, 0 to 1, the newest on the right. */
export function Levels({ levels }: { levels: readonly number[] }) {
  const offset = WIDTH - levels.length;
  return (
    <svg
      viewBox={`0 0 ${WIDTH} 16`}
      preserveAspectRatio="none"
      className="h-16 w-full max-w-md text-sound"
      aria-hidden="true"
    >
      {levels.map((level, index) => (
        <rect
          // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
          key={index}
          x={offset + index + 0.15}
          y={8 - Math.max(0.3, level * 8)}
          width={0.7}
          height={Math.max(0.6, level * 16)}
          fill="currentColor"
        />
      ))}
    </svg>
  );
}
