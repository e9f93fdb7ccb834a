import { expect, test } from "vitest";
import { Unacknowledged } from "@/composer/unacknowledged";

const bytes = (...values: number[]) => Uint8Array.from(values);

test("what the server has is forgotten, and the rest is sent again from where it stands", () => {
  const held = new Unacknowledged();
  for (const piece of [bytes(1, 2, 3, 4), bytes(5, 6, 7, 8), bytes(9, 10)]) held.add(piece);

  held.received(4);
  const again = held.behind(6);

  expect(again.map((piece) => [...piece])).toEqual([
    [7, 8],
    [9, 10],
  ]);
});

test("a server that has everything is sent nothing", () => {
  const held = new Unacknowledged();
  held.add(bytes(1, 2));

  const again = held.behind(2);

  expect(again).toEqual([]);
});

test("minutes that nobody takes are too much", () => {
  const held = new Unacknowledged();
  const minute = new Uint8Array(60 * 32_000);

  const isFine = [1, 2, 3, 4, 5, 6].map(() => held.add(minute));

  expect(isFine).toEqual([true, true, true, true, true, false]);
});
