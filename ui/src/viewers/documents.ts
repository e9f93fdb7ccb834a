/** The result formats that viewers read: files, or a job's `result` where that holds all. docs/api.md, "Outputs by media type", defines them. */

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Segment {
  id: number;
  start_s: number;
  end_s: number;
  text: string;
  speaker?: string; // where speakers were told apart and this one is known
}

export interface Line {
  text: string;
  confidence: number;
  box: Box;
}

export interface Label {
  label: string;
  score: number;
}

export interface Transcript {
  language: string | null;
  duration_s: number;
  speakers?: string[]; // in order of appearance; absent where nobody told them apart
  segments: Segment[];
}

/** Rows of as many cells each, empty where nothing stands; of Arabic the first cell is the rightmost. */
export interface PageTable {
  box: Box;
  rows: string[][];
}

export interface Page {
  page: number;
  width_px: number;
  height_px: number;
  lines: Line[];
  tables?: PageTable[]; // results that were kept from before have none
}

/** The first page, and all of them where there are several. */
export interface PageDocument extends Page {
  pages?: Page[];
}

export interface ImageAnalysis {
  width_px: number;
  height_px: number;
  format: string;
  labels: Label[];
  words?: (Label & { cosine: number })[]; // results that were kept from before have none
  attention?: { label: string; method: string } | null;
  colours: { hex: string; share: number }[];
  sharpness: number;
  exposure: { mean: number; shadows_share: number; highlights_share: number };
  faces: Box[];
  codes: { format: string; text: string; box: Box }[];
  perceptual_hash: string;
  exif: Record<string, unknown>;
}

export interface Stretch {
  start_s: number;
  end_s: number;
}

interface Stretches {
  count: number;
  duration_s: number;
  share: number;
  places: Stretch[];
}

export interface AudioAnalysis {
  duration_s: number;
  codec: string;
  sample_rate_hz: number;
  channels: number;
  loudness: { integrated_lufs: number | null; range_lu: number | null; true_peak_dbtp: number | null };
  levels: { sample_peak_dbfs: number | null; rms_dbfs: number | null; dc_offset: number };
  stereo_correlation: number | null;
  clipping: { runs: number; share: number; places: Stretch[] };
  silence: Stretches & { below_dbfs: number };
  speech: Stretches;
  peaks: { step_s: number; low: number[]; high: number[] };
}

export interface Embedding {
  model: string;
  dimensions: number;
  passages: { start: number; end: number; text: string; vector: number[] }[];
}

export interface Keywords {
  keywords: { text: string; score: number }[];
}

export interface Entities {
  model: string;
  names: { label: string; text: string; count: number }[];
}

export interface Comparison {
  width_px: number;
  height_px: number;
  ssim: number | null;
  psnr_db: number | null;
  mean_delta_e: number;
  hash_bits_apart: number;
  changed_share: number;
  regions_count: number;
}

export interface PictureFigures {
  sharpness: number;
  noise: number;
  exposure: { mean: number; shadows_share: number; highlights_share: number };
}

export interface Enhancement {
  operations: string[];
  before: PictureFigures;
  after: PictureFigures;
}

/** Where something that an answer rests on stands: of a document characters, of sound seconds, of a picture a box. */
export interface Citation {
  number: number;
  source: number;
  name: string;
  start?: number;
  end?: number;
  page?: number;
  kind?: string; // of `fusion.describe`, as are the next ones
  start_s?: number;
  box?: Box;
  job_id?: string | null; // the job that found it there; null of a document
  happened?: { begin: string; end: string }; // of files on one axis of time; in UTC where it ends in Z
}

export interface Answered {
  question: string;
  answer: string;
  citations: Citation[];
}
