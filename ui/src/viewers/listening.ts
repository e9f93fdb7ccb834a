import { createContext, type MutableRefObject } from "react";

/**
 * How many seconds of the whole somebody has heard in pieces and goes on listening; null while nobody does. A reference:
 * it changes four times a second, and only the player of the whole reads it, once.
 */
export const Listening = createContext<MutableRefObject<number | null>>({ current: null });
