import { render, screen, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import { Markdown } from "@/markdown/Markdown";

const drawn = (text: string) => render(<Markdown text={text} />).container;

describe("what a model writes is drawn", () => {
  test("with headings, emphasis, code and line ends as they are meant", () => {
    const page = drawn(
      "# The *mill*\n\nIt **still** turns,\nand `wheel()` ~~fails~~ runs: 2 * 3 * 4, snake_case_name.",
    );

    expect(screen.getByRole("heading", { level: 3, name: "The mill" })).toBeInTheDocument();
    expect(screen.getByText("still").tagName).toBe("STRONG");
    expect(screen.getByText("wheel()").tagName).toBe("CODE");
    expect(page.querySelectorAll("br")).toHaveLength(1);
    expect(page).toHaveTextContent("2 * 3 * 4, snake_case_name.");
  });

  test("with headings that leave out no level, whichever the text has", () => {
    drawn("## Mill\n#### Wheel\n## Stone");

    const levels = ["Mill", "Wheel", "Stone"].map((name) => screen.getByRole("heading", { name }).tagName);
    expect(levels).toEqual(["H3", "H4", "H3"]);
  });

  test.each([
    ["**bold *and slanted***", "<strong>bold <em>and slanted</em></strong>"],
    ["*slanted **and bold***", "<em>slanted <strong>and bold</strong></em>"],
    ["***both***", "<strong><em>both</em></strong>"],
    ["__bold__ and _slanted_", "<strong>bold</strong> and <em>slanted</em>"],
    ["**open", "**open"],
    ["\\*plain\\*", "*plain*"],
    ["``a ` b``", "<code>a ` b</code>"],
  ])("%s becomes %s", (text, expected) => {
    const page = drawn(text);

    expect(page.querySelector("p")?.innerHTML.replace(/ class="[^"]*"/g, "")).toBe(expected);
  });

  test("with lists in lists, numbered from where they begin", () => {
    drawn("3. Wheel\n   - oak\n   - iron\n\n4. Stone\n\n   of granite\n\n* apart");

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

  test("with a table that scrolls by itself, its pipes and its short rows", () => {
    drawn("| Part | Years |\n|:--|--:|\n| wheel | 12 |\n| a \\| b |\nbehind");

    const table = screen.getByRole("region", { name: "Table" });
    expect(
      within(table)
        .getAllByRole("cell")
        .map(({ textContent }) => textContent),
    ).toEqual(["wheel", "12", "a | b", ""]);
    expect(within(table).getByRole("columnheader", { name: "Years" })).toHaveClass("text-right");
    expect(screen.getByText("behind").tagName).toBe("P");
  });

  test("with code that is still being written, in one block", () => {
    drawn("Look:\n```python\nfor x in y:\n    # no heading\n\n    print(x)");

    const code = screen.getByRole("figure", { name: "Code, python" });
    expect(code.querySelector("code")?.textContent).toBe("for x in y:\n    # no heading\n\n    print(x)");
  });

  test("with quotes and rules", () => {
    const page = drawn("> said\n> twice\n\n---\nend");

    expect(page.querySelector("blockquote p")?.textContent).toBe("saidtwice");
    expect(screen.getByRole("separator")).toBeInTheDocument();
  });
});

describe("what could do harm is words alone", () => {
  test.each(["<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "<a href='javascript:alert(1)'>x</a>"])(
    "%s",
    (html) => {
      const page = drawn(html);

      expect(page).toHaveTextContent(html);
      expect(page.querySelector("img, script, a")).toBeNull();
    },
  );

  test.each(["javascript:alert(1)", "data:text/html,x", "/api/v1/jobs", "JaVaScRiPt:alert(1)", "file:///etc/passwd"])(
    "a link to %s",
    (url) => {
      drawn(`[click](${url})`);

      expect(screen.getByText("click")).toBeInTheDocument();
      expect(screen.queryByRole("link")).not.toBeInTheDocument();
    },
  );

  test("a picture is a link that nothing fetches unasked", () => {
    const page = drawn("![the mill](https://example.org/mill.png)");

    expect(screen.getByRole("link", { name: "the mill" })).toHaveAttribute("href", "https://example.org/mill.png");
    expect(page.querySelector("img")).toBeNull();
  });
});

test("links open elsewhere and tell nobody where from", () => {
  drawn("See [the page](https://example.org/a_(b)) or https://example.org/x?y=1, or <mailto:a@example.org>.");

  const links = screen.getAllByRole("link");
  expect(links.map((link) => link.getAttribute("href"))).toEqual([
    "https://example.org/a_(b)",
    "https://example.org/x?y=1",
    "mailto:a@example.org",
  ]);
  for (const link of links) expect(link).toHaveAttribute("rel", "noopener noreferrer nofollow");
});

test("numbers in brackets are drawn as whoever shows the text has it, in code they are left alone", () => {
  render(
    <Markdown text="Built [1, 3], not `a[2]` and not [4](https://example.org)." cite={(number) => <b>{number}</b>} />,
  );

  expect(screen.getAllByText(/^[0-9]$/, { selector: "b" }).map(({ textContent }) => textContent)).toEqual(["1", "3"]);
  expect(screen.getByText("a[2]")).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "4" })).toBeInTheDocument();
});

test.each([
  ["stars", "*a **b ".repeat(8000)],
  ["brackets", "[".repeat(40_000)],
  ["backticks", "`a ``b ".repeat(3000)],
  ["quotes", `${">".repeat(40_000)} deep`],
  ["lists", Array.from({ length: 300 }, (_, depth) => `${" ".repeat(depth * 2)}- x`).join("\n")],
  ["underscores", "_a __b ".repeat(8000)],
])(
  "hostile %s are drawn in bounded work",
  (_, text) => {
    const page = drawn(text);

    expect(page.textContent?.length).toBeGreaterThan(0);
  },
  10_000,
);
