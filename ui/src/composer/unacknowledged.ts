/** Sound that was recorded and that the server has not told to be on its disk: sent again when the connection broke. */

const BYTES_A_SECOND = 32_000;
const MOST_HELD_BYTES = 300 * BYTES_A_SECOND;

export class Unacknowledged {
  #pieces: Uint8Array<ArrayBuffer>[] = [];
  #firstAt = 0; // where the pieces begin in the recording, in bytes
  #heldBytes = 0;

  /** Hold a piece. Returns false when so much is held that nobody will ever want it. */
  add(piece: Uint8Array<ArrayBuffer>): boolean {
    this.#pieces.push(piece);
    this.#heldBytes += piece.length;
    return this.#heldBytes <= MOST_HELD_BYTES;
  }

  /** Let go of what stands before that byte of the recording, which the server has. */
  received(untilByte: number): void {
    for (let first = this.#pieces[0]; first && this.#firstAt + first.length <= untilByte; first = this.#pieces[0]) {
      this.#pieces.shift();
      this.#firstAt += first.length;
      this.#heldBytes -= first.length;
    }
  }

  /** What the server lacks that has everything before that byte. */
  behind(byte: number): Uint8Array<ArrayBuffer>[] {
    this.received(byte);
    const [first, ...others] = this.#pieces;
    return first ? [first.subarray(byte - this.#firstAt), ...others] : [];
  }
}
