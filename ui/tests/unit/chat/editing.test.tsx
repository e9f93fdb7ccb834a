import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { describe, expect, test } from "vitest";
import { server } from "../../setup";
import { aFile } from "../examples";
import { aQuestion, aReply, serveChat } from "./chatApi";
import { messageBox, openChat } from "./show";

const PLAN = { file_id: "file-1", name: "plan.pdf", media_type: "application/pdf" };
const TOUR = { file_id: "file-2", name: "tour.wav", media_type: "audio/wav" };
const ASKED = "*/api/v1/conversations/:id/messages";

async function edit() {
  const held = serveChat({ messages: [aQuestion({ files: [PLAN, TOUR] }), aReply()] });
  openChat();
  await userEvent.click(await screen.findByRole("button", { name: "Edit" }));
  const send = async () => userEvent.click(screen.getByRole("button", { name: "Ask this instead" }));
  return { held, send };
}

describe("the files of an edited question", () => {
  test("are those that it had", async () => {
    const { held, send } = await edit();

    await send();

    await waitFor(() => expect(held.asked).toEqual([{ edit: "q1", text: "When was it built?" }]));
  });

  test("may be fewer", async () => {
    const { held, send } = await edit();
    await userEvent.click(screen.getByRole("button", { name: "Remove plan.pdf" }));

    await send();

    await waitFor(() => expect(held.asked).toMatchObject([{ edit: "q1", files: ["file-2"] }]));
  });

  test("may be more, which the next edit does not begin with", async () => {
    const { held, send } = await edit();
    server.use(
      http.post("*/api/v1/files", () => HttpResponse.json(aFile({ id: "file-3", name: "mill.txt" }), { status: 201 })),
    );
    const chooser = screen.getByLabelText("Attach files to this question", { selector: "input" });
    await userEvent.upload(chooser, new File(["The mill."], "mill.txt"));
    await screen.findByRole("button", { name: "Remove mill.txt" });

    await send();

    await waitFor(() => expect(held.asked).toMatchObject([{ edit: "q1", files: ["file-1", "file-2", "file-3"] }]));
    await waitFor(() => expect(sessionStorage.getItem("triptych.chat.edit.q1")).toBe("[]"));
  });
});

describe("a question that did not get through", () => {
  test("is sent again with the key that it had, and the next one with another", async () => {
    const held = serveChat();
    let lost: string | null = null;
    server.use(
      http.post(
        ASKED,
        ({ request }) => {
          lost = request.headers.get("Idempotency-Key");
          return HttpResponse.error();
        },
        { once: true },
      ),
    );
    openChat();
    await userEvent.type(await messageBox(), "When?{Enter}");
    await screen.findByRole("alert");

    await userEvent.click(screen.getByRole("button", { name: "Send" }));

    await waitFor(() => expect(held.keys).toHaveLength(1));
    expect(lost).toMatch(/^[0-9a-f]{32}$/);
    expect(held.keys).toEqual([lost]);
  });
});

test("each press of Regenerate wants another reply, also behind one whose answer got lost", async () => {
  const held = serveChat({ messages: [aQuestion(), aReply()] });
  const lost: (string | null)[] = [];
  const lose = ({ request }: { request: Request }) => {
    lost.push(request.headers.get("Idempotency-Key"));
    return HttpResponse.error();
  };
  server.use(http.post(`${ASKED}/:mid/regenerate`, lose, { once: true }));
  openChat();
  await userEvent.click(await screen.findByRole("button", { name: "Regenerate" }));
  await screen.findByRole("alert");

  await userEvent.click(screen.getByRole("button", { name: "Regenerate" }));

  await waitFor(() => expect(held.keys).toHaveLength(1));
  expect(lost).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
  expect(held.keys).not.toEqual(lost);
});
