/** As a ref: what is drawn in place of what had the focus takes it. A function of the module is called once. */
export const focusOn = (element: HTMLElement | null): void => element?.focus();
