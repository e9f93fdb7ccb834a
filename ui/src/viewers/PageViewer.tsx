import { count } from "@/ui/format";
import { CopyButton } from "./CopyButton";
import type { Page } from "./documents";
import { LinedPicture } from "./LinedPicture";
import { Loaded } from "./Loaded";
import type { ViewerProps } from "./viewer";

/** Text read from a picture, where it stands in it. */
export function PageViewer(props: ViewerProps) {
  return (
    <Loaded<Page> {...props}>
      {({ lines, width_px, height_px }) => (
        <div>
          <div className="mb-3 flex flex-wrap items-center justify-between gap-2 text-sm text-quiet">
            <p>
              {lines.length === 0
                ? "No text was found."
                : `${count(lines.length, "line")}. Point at a line to find it in the picture.`}
            </p>
            {lines.length > 0 && <CopyButton text={lines.map(({ text }) => text).join("\n")} />}
          </div>
          <LinedPicture input={props.job.inputs[0]} lines={lines} size={{ width: width_px, height: height_px }} />
        </div>
      )}
    </Loaded>
  );
}
