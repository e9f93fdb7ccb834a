import { useQuery } from "@tanstack/react-query";
import { pipelinesQuery } from "@/api/pipelines";

/** A pipeline's title by its name; the name itself until the catalogue is there. */
export function useTitles(): (pipeline: string) => string {
  const { data } = useQuery(pipelinesQuery);
  return (pipeline) => data?.find(({ name }) => name === pipeline)?.title ?? pipeline;
}
