import type { Session } from "@/api/types";

/** Somebody who has signed in. */
export const ADA: Session = {
  user: { id: "local", email: "ada@triptych.example", name: "Ada", role: "admin" },
  mode: "accounts",
  scopes: [],
  csrf_token: "shown to our own pages",
  sign_out_url: null,
  limits: {
    upload_bytes: 1,
    direct_uploads: false,
    json_bytes: 1,
    image_pixels: 1,
    jobs_in_flight: null,
    jobs_queued: null,
    file_bytes: null,
    uploads: null,
  },
};
