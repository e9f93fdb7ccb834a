import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { describe, expect, test } from "vitest";
import { server } from "../../setup";
import { aConversation, aQuestion, aReply, serveChat } from "./chatApi";
import { messageBox, openChat } from "./show";

const said = async () => {
  const list = within(await screen.findByRole("list", { name: "Messages" }));
  return list.getAllByRole("article").map((one) => one.querySelector("p")?.textContent);
};

describe("a conversation", () => {
  test("shows what was said, by whom, and who wrote the reply", async () => {
    const engine = { name: "openai-compatible", model: "qwen3", version: "" };
    serveChat({ messages: [aQuestion(), aReply({ engine, warnings: ["Words alone were compared."] })] });

    openChat();

    expect(await said()).toEqual(["When was it built?", "In 1812 [1]."]);
    expect(screen.getByRole("heading", { level: 1, name: "The mill" })).toBeInTheDocument();
    expect(screen.getByText(/By openai-compatible, qwen3/)).toBeInTheDocument();
    expect(screen.getByText("Words alone were compared.")).toBeInTheDocument();
  });

  test("that is gone says so", async () => {
    serveChat({ conversations: [] });

    openChat();

    expect(await screen.findByRole("heading", { name: "There is no such conversation" })).toBeInTheDocument();
  });

  test("shows attachments by what they are, and names those that were deleted", async () => {
    const files = [
      { file_id: "a", name: "mill.png", media_type: "image/png" },
      { file_id: "b", name: "tour.wav", media_type: "audio/wav" },
      { file_id: "c", name: "deed.pdf", media_type: "application/pdf" },
      { file_id: null, name: "old.pdf", media_type: "application/pdf" },
    ];
    serveChat({ messages: [aQuestion({ files })] });

    openChat();

    const list = within(await screen.findByRole("list", { name: "Attachments" }));
    expect(list.getByRole("img", { name: "mill.png" })).toHaveAttribute("src", "/api/v1/files/a/content");
    expect(list.getByLabelText("Player of tour.wav")).toBeInTheDocument();
    expect(list.getByRole("link", { name: "deed.pdf" })).toHaveAttribute("href", "/files/c");
    expect(list.getByText("old.pdf (deleted)")).toBeInTheDocument();
  });

  test("changes its settings for the replies to come", async () => {
    const held = serveChat();
    openChat();
    await userEvent.click(await screen.findByRole("button", { name: "Settings" }));
    await userEvent.type(screen.getByRole("textbox", { name: "Instructions" }), "In verse.");
    await userEvent.click(screen.getByRole("checkbox", { name: "Read replies aloud" }));

    await userEvent.click(screen.getByRole("button", { name: "Save" }));

    await waitFor(() => expect(screen.queryByRole("form", { name: /^Settings/ })).not.toBeInTheDocument());
    const settings = { memory: "always", system: "In verse.", model: "", temperature: 0.2, speak: true };
    expect(held.asked).toEqual([{ settings }]);
  });
});

describe("branches", () => {
  const tree = [
    aQuestion(),
    aReply({ text: "In 1812." }),
    aQuestion({ id: "q2", parent_id: "r1", text: "And the wheel?" }),
    aReply({ id: "r2", parent_id: "q2", text: "In 1820." }),
    aReply({ id: "r3", parent_id: "q1", text: "Nobody knows." }),
  ];

  test("the one with the newest message is shown, and the arrows lead round the others with all that followed", async () => {
    serveChat({ messages: tree });
    openChat();
    const first = await said();

    await userEvent.click(screen.getByRole("button", { name: "Earlier reply" }));

    expect(first).toEqual(["When was it built?", "Nobody knows."]);
    expect(await said()).toEqual(["When was it built?", "In 1812.", "And the wheel?", "In 1820."]);
    expect(screen.getByText("1 / 2")).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Earlier reply" })).toHaveFocus();
  });

  test("the chosen one is shown again after a reload", async () => {
    serveChat({ messages: tree });
    const { unmount } = openChat();
    await userEvent.click(await screen.findByRole("button", { name: "Earlier reply" }));

    unmount();
    openChat();

    expect(await said()).toHaveLength(4);
  });

  test("a question asked otherwise stands beside what it was", async () => {
    const held = serveChat({ messages: tree });
    openChat();
    await userEvent.click(await screen.findByRole("button", { name: "Edit" }));
    const edited = screen.getByRole("textbox", { name: "Ask this instead" });
    await userEvent.clear(edited);
    await userEvent.type(edited, "Who built it?");

    await userEvent.click(screen.getByRole("button", { name: "Ask this instead" }));

    expect(await screen.findByText("Who built it?")).toBeInTheDocument();
    expect(screen.getByText("2 / 2")).toBeInTheDocument();
    expect(screen.queryByText("Nobody knows.")).not.toBeInTheDocument();
    expect(held.asked).toEqual([{ edit: "q1", text: "Who built it?" }]);
  });

  test("a question that could not be asked otherwise is still there to be sent again", async () => {
    serveChat({ messages: tree });
    server.use(http.post("*/messages/:mid/edit", () => HttpResponse.error()));
    openChat();
    await userEvent.click(await screen.findByRole("button", { name: "Edit" }));
    const edited = screen.getByRole("textbox", { name: "Ask this instead" });
    await userEvent.type(edited, " And why?");

    await userEvent.click(screen.getByRole("button", { name: "Ask this instead" }));

    expect(await screen.findByRole("alert")).toHaveTextContent("The server cannot be reached.");
    expect(edited).toHaveValue("When was it built? And why?");
  });

  test("what is asked next follows the branch that is shown", async () => {
    const held = serveChat({ messages: tree });
    openChat();
    await userEvent.click(await screen.findByRole("button", { name: "Earlier reply" }));

    await userEvent.type(await messageBox(), "And the stones?{Enter}");

    expect((await said()).slice(-3)).toEqual(["In 1820.", "And the stones?", expect.anything()]);
    expect(held.asked).toEqual([{ text: "And the stones?", files: [], parent_id: "r2" }]);
  });
});

describe("the list of conversations", () => {
  const mill = aConversation();
  const wheel = aConversation({ id: "talk-2", title: "The wheel" });

  test("is searched by words once they stand", async () => {
    const held = serveChat({ conversations: [mill, wheel] });
    openChat();
    await screen.findByRole("link", { name: /^The wheel/ });

    await userEvent.type(screen.getByRole("searchbox", { name: "Search conversations" }), "wheel");

    await waitFor(() => expect(screen.queryByRole("link", { name: /^The mill/ })).not.toBeInTheDocument());
    expect(screen.getByRole("link", { name: /^The wheel/ })).toBeInTheDocument();
    expect(held.searched).toEqual(["", "wheel"]);
  });

  test("renames one", async () => {
    serveChat({ conversations: [mill, wheel] });
    openChat();
    await userEvent.click(await screen.findByRole("button", { name: "Rename The mill" }));
    const title = screen.getByRole("textbox", { name: "Title" });
    await userEvent.clear(title);

    await userEvent.type(title, "The old mill{Enter}");

    expect(await screen.findByRole("link", { name: /^The old mill/ })).toBeInTheDocument();
    expect(screen.getByRole("heading", { level: 1, name: "The old mill" })).toBeInTheDocument();
  });

  test("deletes the open one only after it was confirmed, and goes on with a new one", async () => {
    const held = serveChat({ conversations: [mill, wheel] });
    openChat();
    await userEvent.click(await screen.findByRole("button", { name: "Delete The mill" }));
    const before = held.conversations.length;

    await userEvent.click(screen.getByRole("button", { name: "Delete for good" }));

    expect(await screen.findByRole("heading", { level: 1, name: "New conversation" })).toBeInTheDocument();
    expect(before).toBe(2);
    await waitFor(() => expect(screen.queryByRole("link", { name: /^The mill/ })).not.toBeInTheDocument());
  });
});
