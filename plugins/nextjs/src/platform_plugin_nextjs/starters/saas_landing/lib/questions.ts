import type { Entry } from "@/lib/content";

export type Question = { question: string; answer: string };

/** Questions are the second-level headings of an entry, answers what follows. */
export function questionsOf(entry: Entry): Question[] {
  return entry.body.split(/^## /m).slice(1).map((part) => {
    const [question = "", ...rest] = part.split("\n");
    return { question: question.trim(), answer: rest.join("\n").trim() };
  });
}
