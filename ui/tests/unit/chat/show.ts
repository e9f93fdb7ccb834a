import { screen } from "@testing-library/react";
import { createElement } from "react";
import { ChatRoute } from "@/routes/ChatRoute";
import { show } from "../render";

/** The chat's page, at a conversation. */
export const openChat = (path = "/chat/talk-1") => show(createElement(ChatRoute), { path, route: "/chat/:id?" });

/** Where a question is written. */
export const messageBox = () => screen.findByRole("textbox", { name: "Message" });
