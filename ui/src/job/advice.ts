/** What helps after an error, by its code; the message itself names the offending value. */

const ANOTHER_FILE = "Running it again changes nothing: start a new job with another file.";
const OTHER_PARAMETERS = "Running it as it is changes nothing: run it with other parameters.";
const OUR_FAULT = "This is a fault of Triptych, not of the file. Its log, by this job's id, tells more.";

const ADVICE: Record<string, string> = {
  bad_input: ANOTHER_FILE,
  bad_media:
    "The file is damaged or of another kind than it seems: save or export it anew, then start a new job with it.",
  no_audio: "There is no sound in the file: start a new job with one that has a sound track.",
  no_text: "There are no words in the file. Of a scan, take a picture of each page and read the text from it.",
  encrypted_pdf: "Save a copy without its password and start a new job with that.",
  too_long: "Split the recording, or run a piece of it, and start a job for each.",
  too_large: "Split it into smaller files, or ask for less, and start a new job.",
  too_many_pixels: "Make the picture smaller, or ask for a smaller result, and start a new job.",
  empty_piece: "The piece lies outside the recording: run it with other times.",
  invalid_params: OTHER_PARAMETERS,
  encoding_failed: "Run it with another format or other parameters.",
  engine_unavailable: "Make one of the engines that the message names available, or choose another, then run it again.",
  no_such_model: "Run it with a model that the server has, or leave the model's name empty.",
  transient_failure: "Something outside failed; running it again may succeed.",
  time_limit:
    "Its time was up. Run it with more time (“Give up after”), with other parameters, or split the file into pieces.",
  server_away: "A server that it needs did not answer. Running it again helps as soon as that is back.",
  no_disk: "The disk is full: make room on it, then run it again.",
  poisoned:
    "It ended its worker more than once and is not tried by itself any more. Try a smaller file, or other parameters.",
  unknown_pipeline: "The pipeline is not installed on this worker any more.",
  internal: OUR_FAULT,
};
const UNKNOWN =
  "Look at the message: if it names the file or a parameter, change that; if not, running it again may help.";

export const adviceFor = (code: string): string => ADVICE[code] ?? UNKNOWN;
