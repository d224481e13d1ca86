import type { ImageLoaderProps } from "next/image";
import { madeOf } from "@/lib/images";

/** next/image asks for a width; the smallest file that has it answers. */
export default function imageLoader({ src, width }: ImageLoaderProps): string {
  const made = madeOf(src);
  if (!made) return src;
  return (made.files.find(([size]) => size >= width) ?? made.files.at(-1))?.[1] ?? src;
}
