/** As the ref of what somebody was sent to: it comes into sight when it is drawn. A function of the module is called once. */
export function scrolledTo(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: "center" });
}
