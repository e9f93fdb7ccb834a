import type { ReactNode } from "react";

/** What stands before the house: one thing under its title. */
export function Threshold({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main id="main" className="mx-auto flex max-w-sm flex-col gap-4 px-4 py-16">
      <h1 className="font-display text-2xl">{title}</h1>
      {children}
    </main>
  );
}
