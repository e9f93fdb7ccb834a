import { render, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import { Markdown } from "@/markdown/Markdown";

/** Drawn once the parser is there; the first time that is later than the words. */
async function drawn(text: string) {
  const { container } = render(<Markdown text={text} />);
  await waitFor(() => expect(container.querySelector(".whitespace-pre-wrap")).toBeNull());
  return container;
}

describe("what a model writes is drawn", () => {
  test("with headings, emphasis, code and line ends as they are meant", async () => {
    const page = await drawn(
      "# The *mill*\n\nIt **still** turns,\nand `wheel()` ~~fails~~ runs: 2 * 3 * 4, snake_case_name.",
    );

    expect(screen.getByRole("heading", { level: 3, name: "The mill" })).toBeInTheDocument();
    expect(screen.getByText("still").tagName).toBe("STRONG");
    expect(screen.getByText("wheel()").tagName).toBe("CODE");
    expect(page.querySelectorAll("br")).toHaveLength(1);
    expect(page).toHaveTextContent("2 * 3 * 4, snake_case_name.");
  });

  test("with headings that leave out no level, whichever the text has", async () => {
    await drawn("## Mill\n#### Wheel\n## Stone");

    const levels = ["Mill", "Wheel", "Stone"].map((name) => screen.getByRole("heading", { name }).tagName);
    expect(levels).toEqual(["H3", "H4", "H3"]);
  });

  test("with lists in lists, numbered from where they begin", async () => {
    await drawn("3. Wheel\n   - oak\n   - iron\n\n4. Stone\n\n   of granite\n\n* apart");

    const [numbered, inner, apart] = screen.getAllByRole("list");
    expect(numbered).toHaveAttribute("start", "3");
    expect(within(numbered as HTMLElement).getByText("of granite")).toBeInTheDocument();
    expect(
      within(inner as HTMLElement)
        .getAllByRole("listitem")
        .map(({ textContent }) => textContent),
    ).toEqual(["oak", "iron"]);
    expect(apart).toHaveTextContent("apart");
  });

  test("with a table that scrolls by itself, its pipes and its short rows", async () => {
    await drawn("| Part | Years |\n|:--|--:|\n| wheel | 12 |\n| a \\| b |\n\nbehind");

    const table = screen.getByRole("region", { name: "Table" });
    expect(
      within(table)
        .getAllByRole("cell")
        .map(({ textContent }) => textContent),
    ).toEqual(["wheel", "12", "a | b", ""]);
    expect(within(table).getByRole("columnheader", { name: "Years" })).toHaveStyle({ textAlign: "right" });
    expect(screen.getByText("behind").tagName).toBe("P");
  });

  test("with code that is still being written, in one block", async () => {
    await drawn("Look:\n```python\nfor x in y:\n    # no heading\n\n    print(x)");

    const code = screen.getByRole("figure", { name: "Code, python" });
    expect(code.querySelector("code")?.textContent).toBe("for x in y:\n    # no heading\n\n    print(x)");
  });

  test("with quotes and rules", async () => {
    const page = await drawn("> said\n> twice\n\n---\nend");

    expect(page.querySelector("blockquote p")?.textContent).toBe("said\ntwice");
    expect(screen.getByRole("separator")).toBeInTheDocument();
  });
});

describe("what could do harm is words alone", () => {
  test.each(["<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "<a href='javascript:alert(1)'>x</a>"])(
    "%s",
    async (html) => {
      const page = await drawn(html);

      expect(page).toHaveTextContent(html);
      expect(page.querySelector("img, script, a")).toBeNull();
    },
  );

  test.each(["javascript:alert(1)", "data:text/html,x", "/api/v1/jobs", "JaVaScRiPt:alert(1)", "file:///etc/passwd"])(
    "a link to %s",
    async (url) => {
      await drawn(`[click](${url})`);

      expect(screen.getByText("click")).toBeInTheDocument();
      expect(screen.queryByRole("link")).not.toBeInTheDocument();
    },
  );

  test("a picture is a link that nothing fetches unasked", async () => {
    const page = await drawn("![the mill](https://example.org/mill.png)");

    expect(screen.getByRole("link", { name: "the mill" })).toHaveAttribute("href", "https://example.org/mill.png");
    expect(page.querySelector("img")).toBeNull();
  });
});

test("links open elsewhere and tell nobody where from", async () => {
  await drawn("See [the page](https://example.org/a_(b)) or https://example.org/x?y=1, or <mailto:a@example.org>.");

  const links = screen.getAllByRole("link");
  expect(links.map((link) => link.getAttribute("href"))).toEqual([
    "https://example.org/a_(b)",
    "https://example.org/x?y=1",
    "mailto:a@example.org",
  ]);
  for (const link of links) expect(link).toHaveAttribute("rel", "noopener noreferrer nofollow");
});

test("numbers in brackets are drawn as whoever shows the text has it, in code and links they are left alone", async () => {
  render(
    <Markdown
      text="Built [1, 3], not `a[2]`, not [4](https://example.org) and not [page **[5]**](https://example.org)."
      cite={(number) => <b>{number}</b>}
    />,
  );

  expect(await screen.findByRole("link", { name: "4" })).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "page [5]" })).toBeInTheDocument();
  expect(screen.getAllByText(/^[0-9]$/, { selector: "b" }).map(({ textContent }) => textContent)).toEqual(["1", "3"]);
  expect(screen.getByText("a[2]")).toBeInTheDocument();
});

test("a text that grows becomes what it is when it has grown", async () => {
  const text =
    "# Mill\n\n1. Wheel\n\n   ```\n   a = [1]\n\n   b\n   ```\n\n2. Stone\n\n> said [1]\n\n| a | b |\n|--|--|\n| 1 | 2 |";
  const whole = (await drawn(text)).innerHTML;
  const { container, rerender } = render(<Markdown text="" />);

  for (let end = 1; end <= text.length; end += 1) rerender(<Markdown text={text.slice(0, end)} />);

  expect(container.innerHTML).toBe(whole);
  expect(within(container).getAllByRole("list")).toHaveLength(1);
});

const times = (one: string, length: number) => one.repeat(Math.ceil(length / one.length)).slice(0, length);

describe("what would take a parser too long is words alone", () => {
  test.each([
    ["stars", times("*a_ ", 20_000)],
    ["emphasis in emphasis", `${"*".repeat(5000)}a${"*".repeat(5000)}`],
    ["brackets", times("[", 20_000)],
    ["pictures in pictures", `${"![".repeat(3000)}${"](u)".repeat(3000)}`],
    ["quotes in quotes", `${">".repeat(5000)} deep`],
    ["lists in lists", `${"- ".repeat(5000)}x`],
    ["headings by their underlines", times("a\n=\n", 20_000)],
    ["tables of empty cells", `${times("|a", 600)}|\n${times("|-", 600)}|\n${times("x\n", 2000)}`],
    ["paragraphs of one letter", "a\n\n".repeat(5000)],
    ["pages of text", times("The mill turns. ", 60_000)],
    ["stars behind code that only seems to be open", `<!--\n\`\`\`\n-->\n${times("*a_ ", 20_000)}`],
    ["stars behind a list's code", `- a\n  \`\`\`\nb\n  \`\`\`\n\`\`\`\n${times("*a_ ", 20_000)}`],
  ])("%s", (_, text) => {
    const page = render(<Markdown text={text} />).container;

    expect(page.querySelector("p")?.textContent).toBe(text);
    expect(page.querySelectorAll("*")).toHaveLength(2);
  });

  test("but not long code, whatever stands in it", async () => {
    await drawn(`Look:\n\`\`\`c\n${"a[i] = *b_c;\n".repeat(1500)}\`\`\`\n**so**`);

    expect(screen.getByRole("figure", { name: "Code, c" })).toHaveTextContent("a[i] = *b_c;");
    expect(screen.getByText("so").tagName).toBe("STRONG");
  });
});
