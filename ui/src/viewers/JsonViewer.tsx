import { Loaded } from "./Loaded";
import type { ViewerProps } from "./viewer";

export function JsonViewer(props: ViewerProps) {
  return (
    <Loaded<unknown> {...props}>
      {(value) => (
        <pre className="whitespace-pre-wrap rounded-md bg-sunken p-3 text-sm">{JSON.stringify(value, null, 2)}</pre>
      )}
    </Loaded>
  );
}
