import { Link } from "react-router";
import { usePageTitle } from "@/ui/usePageTitle";

export function NotFoundRoute() {
  usePageTitle("Not found");
  return (
    <main id="main" className="mx-auto max-w-2xl px-4 py-16 text-center">
      <h1 className="font-display text-3xl">There is no such page</h1>
      <p className="mt-3 text-quiet">The address may be old or mistyped.</p>
      <Link to="/" className="mt-6 inline-block text-accent underline underline-offset-4">
        To the studio
      </Link>
    </main>
  );
}
