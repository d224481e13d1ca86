import type { ReactNode } from "react";
import type { Entry } from "@/lib/content";
import type { Part } from "@/lib/listing";

/** What a variant shows in its own way; everything else has a plain page. */
export type Templates = {
  home?: (props: { entry?: Entry }) => ReactNode;
  /** By the name that an entry's front matter gives as `layout`. */
  layouts: Record<string, (props: { entry: Entry }) => ReactNode>;
  /** The page of a folder below content/, with all that lies in it. */
  lists: Record<string, (props: { entry?: Entry }) => ReactNode>;
  /** The same of a folder whose list has pages: what *part* holds is shown. */
  pagedLists: Record<string, (props: { entry?: Entry; part: Part }) => ReactNode>;
  /** The entries of a folder below content/. */
  entries: Record<string, (props: { entry: Entry }) => ReactNode>;
};
