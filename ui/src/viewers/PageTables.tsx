import { CopyButton } from "./CopyButton";
import type { PageTable } from "./documents";

interface Props {
  tables: readonly PageTable[];
  /** Whether a row's first cell stands at the right. */
  runsFromTheRight: boolean;
}

/** The tables of a page, from its top, each to be copied into a spreadsheet. No row is known to hold headings. */
export function PageTables({ tables, runsFromTheRight }: Props) {
  return (
    <div className="mt-6 space-y-6">
      {tables.map(({ box, rows }, index) => (
        <OneTable
          key={`${box.x},${box.y}`}
          name={`Table ${index + 1}`}
          rows={rows}
          direction={runsFromTheRight ? "rtl" : "ltr"}
        />
      ))}
    </div>
  );
}

function OneTable({ name, rows, direction }: { name: string; rows: PageTable["rows"]; direction: "ltr" | "rtl" }) {
  return (
    <div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section aria-label={name} tabIndex={0} dir={direction} className="overflow-x-auto">
        <table className="w-max text-start text-sm tabular-nums">
          <caption dir="ltr" className="pb-2 text-left text-quiet">
            <span className="sticky left-0">{name}</span>
          </caption>
          <tbody>
            {rows.map((row, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
              <tr key={index} className="border-t border-line align-top">
                {row.map((cell, column) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place
                  <td key={column} className="max-w-64 py-1 pe-4">
                    <bdi>{cell}</bdi>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <div className="mt-2">
        <CopyButton what={name.toLowerCase()} text={tabbed(rows)} />
      </div>
    </div>
  );
}

/** Rows as a spreadsheet takes them from the clipboard. */
const tabbed = (rows: PageTable["rows"]) => rows.map((row) => row.join("\t")).join("\n");
