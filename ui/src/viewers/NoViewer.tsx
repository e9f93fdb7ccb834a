import { kindOfFile } from "@/ui/mediaTypes";
import type { ViewerProps } from "./viewer";

export function NoViewer({ output }: ViewerProps) {
  return <p className="text-quiet">{kindOfFile(output.media_type)} cannot be shown here. Download it below.</p>;
}
