import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { describe, expect, test } from "vitest";
import { server } from "../../setup";
import { problem } from "../api";
import { aFile } from "../examples";
import { aComingReply, aConversation, aQuestion, aReply, serveChat } from "./chatApi";
import { messageBox, openChat } from "./show";

const ASKED = "*/api/v1/conversations/:id/messages";
const acceptFile = (file = aFile()) =>
  server.use(http.post("*/api/v1/files", () => HttpResponse.json(file, { status: 201 })));

describe("a question", () => {
  test("is sent by Enter, and has a new line by Shift and Enter", async () => {
    const held = serveChat({ messages: [aQuestion(), aReply()] });
    openChat();

    await userEvent.type(await messageBox(), "And the wheel?{Shift>}{Enter}{/Shift}When?{Enter}");

    expect(await screen.findByText(/And the wheel\?\s+When\?/, { selector: "p" })).toBeInTheDocument();
    expect(held.asked).toEqual([{ text: "And the wheel?\nWhen?", files: [], parent_id: "r1" }]);
    expect(await messageBox()).toHaveValue("");
  });

  test("that was refused says why, and stands as it was written also after a reload", async () => {
    serveChat();
    const detail = "You have 100 unfinished jobs, the most that are allowed.";
    server.use(http.post(ASKED, () => problem(429, { code: "quota_exceeded", detail })));
    const { unmount } = openChat();

    await userEvent.type(await messageBox(), "When?{Enter}");

    expect(await screen.findByRole("alert")).toHaveTextContent(detail);
    unmount();
    openChat();
    expect(await messageBox()).toHaveValue("When?");
  });

  test("is not lost without a network", async () => {
    serveChat();
    server.use(http.post(ASKED, () => HttpResponse.error()));
    openChat();

    await userEvent.type(await messageBox(), "When?{Enter}");

    expect(await screen.findByRole("alert")).toHaveTextContent("The server cannot be reached.");
    expect(await messageBox()).toHaveValue("When?");
  });

  test("waits while a reply is being written", async () => {
    const held = serveChat({ messages: [aQuestion(), aComingReply()] });
    openChat();

    await userEvent.type(await messageBox(), "And the wheel?{Enter}");

    expect(held.asked).toEqual([]);
    expect(await messageBox()).toHaveValue("And the wheel?");
  });

  test("takes the files with it that were chosen", async () => {
    const held = serveChat();
    acceptFile(aFile({ name: "mill.txt", media_type: "text/plain" }));
    openChat();
    await userEvent.upload(await screen.findByLabelText("Files to attach"), new File(["The mill."], "mill.txt"));
    await screen.findByRole("button", { name: "Remove mill.txt" });

    await userEvent.type(await messageBox(), "When?{Enter}");

    await waitFor(() => expect(held.asked).toEqual([{ text: "When?", files: ["file-1"], parent_id: null }]));
    await waitFor(() => expect(screen.queryByRole("list", { name: "Files of this draft" })).not.toBeInTheDocument());
  });

  test("may be a recording alone, but not a document alone", async () => {
    serveChat();
    acceptFile(aFile({ name: "mill.txt", media_type: "text/plain" }));
    openChat();
    const chooser = await screen.findByLabelText("Files to attach");
    await userEvent.upload(chooser, new File(["The mill."], "mill.txt"));
    await screen.findByRole("button", { name: "Remove mill.txt" });
    const send = screen.getByRole("button", { name: "Send" });
    const withDocument = send.hasAttribute("disabled");
    acceptFile(aFile({ id: "file-2", name: "asked.wav", media_type: "audio/wav" }));

    await userEvent.upload(chooser, new File(["sound"], "asked.wav"));

    await screen.findByRole("button", { name: "Remove asked.wav" });
    expect(withDocument).toBe(true);
    expect(send).toBeEnabled();
  });

  test("says whether the memory is asked where that is to be said", async () => {
    const { settings } = aConversation();
    const held = serveChat({ conversations: [aConversation({ settings: { ...settings, memory: "asked" } })] });
    openChat();
    await userEvent.click(await screen.findByRole("checkbox", { name: "Use the memory" }));

    await userEvent.type(await messageBox(), "When?{Enter}");

    await waitFor(() => expect(held.asked).toEqual([{ text: "When?", files: [], parent_id: null, memory: true }]));
  });
});

describe("a new conversation", () => {
  test("begins with its first question and the settings that were chosen for it", async () => {
    const held = serveChat({ conversations: [] });
    openChat("/chat");
    await userEvent.click(await screen.findByRole("button", { name: "Settings" }));
    await userEvent.click(screen.getByRole("radio", { name: /^Never/ }));
    await userEvent.click(screen.getByRole("button", { name: "Save" }));

    await userEvent.type(await messageBox(), "When?{Enter}");

    expect(await screen.findByText("When?", { selector: "p" })).toBeInTheDocument();
    expect(held.conversations[0]).toMatchObject({ settings: { memory: "never", temperature: 0.2 } });
  });

  test("leaves nothing of its first question behind for the next one", async () => {
    serveChat({ conversations: [] });
    const { unmount } = openChat("/chat");
    await userEvent.type(await messageBox(), "When?{Enter}");
    await screen.findByText("When?", { selector: "p" });

    unmount();
    openChat("/chat");

    expect(await messageBox()).toHaveValue("");
  });

  test("is begun once, however often its first question does not get through", async () => {
    const held = serveChat({ conversations: [] });
    server.use(http.post(ASKED, () => HttpResponse.error(), { once: true }));
    openChat("/chat");
    await userEvent.type(await messageBox(), "When?{Enter}");
    await screen.findByRole("alert");

    await userEvent.click(screen.getByRole("button", { name: "Send" }));

    expect(await screen.findByText("When?", { selector: "p" })).toBeInTheDocument();
    expect(held.conversations).toHaveLength(1);
  });
});
