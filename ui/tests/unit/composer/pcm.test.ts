import { expect, test } from "vitest";
import { resampler } from "@/composer/pcm";

/** A second of a sine of so many hertz. */
const sine = (hz: number, rateHz: number) =>
  Float32Array.from({ length: rateHz }, (_, index) => Math.sin((2 * Math.PI * hz * index) / rateHz));

test("a second of any rate becomes 16,000 samples, wherever its blocks are cut", () => {
  for (const rateHz of [16_000, 44_100, 48_000]) {
    const resampled = resampler(rateHz);
    const sound = sine(100, rateHz);

    const lengths = [0, 1000, 1001, 4096, 30_000].map(
      (at, index, cuts) => resampled(sound.subarray(at, cuts[index + 1])).length,
    );

    const total = lengths.reduce((sum, length) => sum + length, 0);
    expect(Math.abs(total - 16_000)).toBeLessThanOrEqual(1);
  }
});

test("a tone stays that tone across the cuts", () => {
  const resampled = resampler(48_000);
  const sound = sine(440, 48_000);

  const samples = [sound.subarray(0, 4096), sound.subarray(4096, 9999), sound.subarray(9999)].flatMap((block) => [
    ...resampled(block),
  ]);

  const wanted = sine(440, 16_000);
  const worst = Math.max(
    ...samples.slice(1, 15_000).map((sample, index) => Math.abs(sample / 32_767 - (wanted[index + 1] ?? 0))),
  );
  expect(worst).toBeLessThan(0.07); // a sample of the source is 0.06 of its swing at most
});

test("what is louder than can be is held to the loudest", () => {
  const resampled = resampler(16_000);

  const samples = resampled(Float32Array.from([2, 2, -2, -2]));

  expect(Math.max(...samples)).toBe(32_767);
  expect(Math.min(...samples)).toBe(-32_767);
});
