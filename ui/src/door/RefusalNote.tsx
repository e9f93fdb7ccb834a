import { X } from "lucide-react";
import { useLocation, useNavigate } from "react-router";
import { IconButton } from "@/ui/Button";
import { WarningNote } from "@/ui/Notes";
import { inWords, REFUSED, withoutRefusal } from "./refusals";

/** Says why somebody was not let in by the provider, whether or not they are in by now. */
export function RefusalNote({ className = "" }: { className?: string }) {
  const { pathname, search, hash } = useLocation();
  const navigate = useNavigate();
  const refused = new URLSearchParams(search).get(REFUSED);
  if (refused === null) return null;
  const dismiss = () => navigate(pathname + withoutRefusal(search) + hash, { replace: true });
  return (
    <div role="alert" className={className}>
      <WarningNote>
        <span className="flex items-start gap-2">
          <span className="flex-1">{inWords(refused)}</span>
          <IconButton label="Dismiss" icon={X} onClick={() => void dismiss()} />
        </span>
      </WarningNote>
    </div>
  );
}
