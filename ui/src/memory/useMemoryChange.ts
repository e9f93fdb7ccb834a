import { useMutation, useQueryClient } from "@tanstack/react-query";
import { memoryKeys } from "@/api/memory";
import { useAnnounce } from "@/ui/Announcer";

/** A change of the memory, announced in `done`'s words; whatever is shown of the memory is asked for again. */
export function useMemoryChange<Asked, Made>(
  change: (asked: Asked) => Promise<Made>,
  done: (asked: Asked, made: Made) => string,
) {
  const client = useQueryClient();
  const announce = useAnnounce();
  return useMutation({
    mutationFn: change,
    onSuccess: (made, asked) => {
      announce(done(asked, made));
      return client.invalidateQueries({ queryKey: memoryKeys.all });
    },
  });
}
