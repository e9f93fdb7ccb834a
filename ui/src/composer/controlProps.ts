import type { Field } from "./schema";

interface Described {
  id: string;
  "aria-describedby": string;
  "aria-invalid": boolean;
}

/** What every control of a form is given. */
export interface ControlProps {
  field: Field;
  value: unknown;
  onChange: (value: unknown) => void;
  described: Described;
}
