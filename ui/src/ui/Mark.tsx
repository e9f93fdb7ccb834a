/** The mark: three panels, the middle one arched. */
export function Mark() {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" className="size-8">
      <path className="fill-sound" d="M2 9a3 3 0 0 1 3-3h3v20H5a3 3 0 0 1-3-3z" />
      <path className="fill-picture" d="M11 11a5 5 0 0 1 10 0v17H11z" />
      <path className="fill-text" d="M24 6h3a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-3z" />
    </svg>
  );
}
