import type { ReactNode } from "react";
import type { Align, Block } from "./blocks";
import { Line } from "./Line";

const ALIGNED: Record<NonNullable<Align>, string> = { left: "text-left", center: "text-center", right: "text-right" };

/** A table that scrolls by itself where the page is too narrow for it. */
export function Table({ block: { head, align, rows } }: { block: Extract<Block, { is: "table" }> }) {
  const look = (column: number) => `border border-line px-2 py-1 ${ALIGNED[align[column] ?? "left"]}`;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section aria-label="Table" tabIndex={0} className="overflow-x-auto">
      <table className="border-collapse text-sm [overflow-wrap:normal]">
        <thead className="bg-sunken">
          <Row>
            {head.map((text, column) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its column
              <th key={column} scope="col" className={look(column)}>
                <Line text={text} />
              </th>
            ))}
          </Row>
        </thead>
        <tbody>
          {rows.map((cells, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
            <Row key={row}>
              {cells.map((text, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: as above
                <td key={column} className={look(column)}>
                  <Line text={text} />
                </td>
              ))}
            </Row>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const Row = ({ children }: { children: ReactNode }) => <tr>{children}</tr>;
