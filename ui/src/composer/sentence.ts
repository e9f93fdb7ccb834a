import { capitalised } from "./schema";

/** A validator's message as a sentence for people; `subject` names what it is about. */
export function sentenceOf(message: string, subject: string | null = null): string {
  const plain = message.replace(/^(Value|Assertion) error, /, "").replace(/^Input should/, `${subject ?? "It"} should`);
  const sentence = capitalised(plain.trim());
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
